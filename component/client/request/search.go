package request

import (
	"strings"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Results stores the results of a search.
type Results interface {
	// Messages returns the results, the newest first.
	Messages() []*protocol.Message
	// Clear drops the results.
	Clear()
	// Await keeps changed messages until a page of results comes.
	Await()
	// Add adds a page and returns the number of new results. ok is false if the
	// page must be read again.
	Add(page []protocol.Message) (added int, ok bool)
	// Failed ends the wait for a page that failed.
	Failed()
}

// Search holds the user's search. Its requests use REST, with or without a connection.
// NewSearch returns one.
type Search struct {
	step    *step.Step
	tokens  step.Tokens
	results Results

	words   string // "": the user does not search
	loading bool
	failed  bool
	more    bool // the relay has older results
	inquiry inquiry
}

// NewSearch returns an empty search.
func NewSearch(s *step.Step, tokens step.Tokens, results Results) *Search {
	return &Search{step: s, tokens: tokens, results: results}
}

// For searches for messages with all of the words. Without words it ends the search.
func (s *Search) For(words string) {
	s.words, s.loading, s.failed, s.more = strings.TrimSpace(words), false, false, false
	s.inquiry = inquiry{}
	s.results.Clear()
	s.step.Changed = true
	if s.words != "" {
		s.ask()
	}
}

// Restart searches again for the same words.
func (s *Search) Restart() {
	if s.words != "" {
		s.For(s.words)
	}
}

// More asks for older results, or again after a failure.
func (s *Search) More() {
	if s.words != "" && !s.loading && (s.more || s.failed) {
		s.ask()
	}
}

// TokenGot asks again if the search waits for a token.
func (s *Search) TokenGot() {
	if s.inquiry.waits {
		s.ask()
	}
}

// ask requests the next results.
func (s *Search) ask() {
	s.loading, s.failed, s.step.Changed = true, false, true
	s.results.Await()
	q := client.PageQuery{Words: s.words, Limit: protocol.PageMessagesDefault}
	if found := s.results.Messages(); len(found) > 0 {
		q.Before = found[len(found)-1].Seq
	}
	s.step.Emit(client.FetchPage{Req: s.inquiry.begin(s.step), Token: s.tokens.Token(), Query: q})
}

// awaits reports whether a number is that of the last request.
func (s *Search) awaits(number int) bool { return number == s.inquiry.number && s.loading }

// Loaded takes a page of results.
func (s *Search) Loaded(ev client.PageLoaded) {
	if !s.awaits(ev.Req) {
		return
	}
	added, ok := s.results.Add(ev.Page.Messages)
	if !ok {
		s.ask() // too many messages changed meanwhile
		return
	}
	s.inquiry.answered()
	s.loading, s.step.Changed = false, true
	s.more = ev.Page.More && added > 0 && len(s.results.Messages()) < client.FoundMax
}

// Failed handles the failure of a request.
func (s *Search) Failed(ev client.RequestFailed) {
	if !s.awaits(ev.Req) || s.inquiry.retries(ev.Status, s.tokens) {
		return
	}
	s.inquiry.answered()
	s.results.Failed()
	s.loading, s.failed, s.step.Changed = false, true, true
}

// Show adds the search to a snapshot.
func (s *Search) Show(to *client.Snapshot) {
	if s.words != "" {
		to.Found = &client.Found{Words: s.words, Messages: s.results.Messages(), More: s.more, Loading: s.loading, Failed: s.failed}
	}
}
