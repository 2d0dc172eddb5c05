package request

import (
	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// peopleMax is the number of users requested by a part of their name.
const peopleMax = 8

// People holds the user's question about people in the room, one at a time. Its requests use REST, with or without a
// connection. NewPeople returns one.
type People struct {
	step    *step.Step
	tokens  step.Tokens
	loading bool
	known   *client.People // nil: the user has not asked
	inquiry inquiry
}

// NewPeople returns a People without a question.
func NewPeople(s *step.Step, tokens step.Tokens) *People { return &People{step: s, tokens: tokens} }

// Ask asks a new question and drops the previous one.
func (p *People) Ask(ev client.AskPeople) {
	if k := p.known; !ev.More || k == nil || k.Of.ID != ev.ID || k.Of.Emoji != ev.Emoji {
		p.known = &client.People{}
	}
	next := *p.known // snapshots share the previous value
	next.Of, next.Failed = ev, false
	p.known, p.loading = &next, true
	p.ask()
}

// Forget drops the question and its answer.
func (p *People) Forget() { p.known, p.loading, p.inquiry = nil, false, inquiry{} }

// TokenGot asks again if the request waits for a token.
func (p *People) TokenGot() {
	if p.inquiry.waits {
		p.ask()
	}
}

func (p *People) ask() {
	p.step.Changed = true
	f := client.FetchPeople{Req: p.inquiry.begin(p.step), Token: p.tokens.Token(), Of: p.known.Of, Limit: peopleMax}
	if f.Of.ID != "" {
		f.Limit = protocol.PageMessagesDefault
		if n := len(p.known.Users); n > 0 {
			f.After = p.known.Users[n-1].ID
		}
	}
	p.step.Emit(f)
}

// Loaded takes an answer. It ignores an answer to an earlier question.
func (p *People) Loaded(ev client.PeopleLoaded) {
	if !p.loading || ev.Req != p.inquiry.number {
		return
	}
	p.inquiry.answered()
	next := *p.known
	next.Users, next.Total, next.More, next.Here = append(next.Users[:len(next.Users):len(next.Users)], ev.Users...), ev.Total, ev.More, true
	p.known, p.loading, p.step.Changed = &next, false, true
}

// Failed handles the failure of a request.
func (p *People) Failed(ev client.RequestFailed) {
	if !p.loading || ev.Req != p.inquiry.number || p.inquiry.retries(ev.Status, p.tokens) {
		return
	}
	p.inquiry.answered()
	next := *p.known
	next.Failed, next.Here = true, true
	p.known, p.loading, p.step.Changed = &next, false, true
}

// Show adds the answer to a snapshot.
func (p *People) Show(s *client.Snapshot) { s.People = p.known }
