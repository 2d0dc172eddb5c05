package request

import (
	"slices"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// loadsWaitingMax bounds the files that wait to be loaded. Beyond it the oldest requests fail.
const loadsWaitingMax = 500

// Loads gets URLs of files for the view, a few at a time. It loads the file that was requested last first, because the user is
// probably looking at it. NewLoads returns one.
type Loads struct {
	step    *step.Step
	tokens  step.Tokens
	waiting []client.LoadFile // in the order of the requests
	open    []load
	// Sealed returns a file's key by its id, or nil if the file is not encrypted.
	Sealed func(id string) *protocol.SealedFile
}

// load is a file that is being loaded.
type load struct {
	of      client.LoadFile
	inquiry inquiry
}

// NewLoads returns a Loads without requests.
func NewLoads(s *step.Step, tokens step.Tokens) *Loads {
	return &Loads{step: s, tokens: tokens, Sealed: func(string) *protocol.SealedFile { return nil }}
}

// Load loads a file, unless that is under way.
func (l *Loads) Load(of client.LoadFile) {
	if slices.ContainsFunc(l.open, func(o load) bool { return o.of == of }) {
		return
	}
	l.waiting = slices.DeleteFunc(l.waiting, func(w client.LoadFile) bool { return w == of })
	if len(l.waiting) == loadsWaitingMax {
		l.step.Emit(client.FileLoaded{Of: l.waiting[0]})
		l.waiting = l.waiting[1:]
	}
	l.waiting = append(l.waiting, of)
	l.next()
}

// next starts waiting loads, up to the limit.
func (l *Loads) next() {
	for len(l.open) < client.LoadsMax && len(l.waiting) > 0 {
		last := len(l.waiting) - 1
		l.open = append(l.open, load{of: l.waiting[last]})
		l.waiting = l.waiting[:last]
		l.ask(&l.open[len(l.open)-1])
	}
}

func (l *Loads) ask(o *load) {
	l.step.Emit(client.FetchFile{Req: o.inquiry.begin(l.step), Token: l.tokens.Token(), Of: o.of, Sealed: l.Sealed(o.of.ID)})
}

// TokenGot repeats the loads that wait for a token.
func (l *Loads) TokenGot() {
	for i := range l.open {
		if l.open[i].inquiry.waits {
			l.ask(&l.open[i])
		}
	}
}

// Got takes a URL.
func (l *Loads) Got(ev client.FileGot) { l.end(ev.Req, ev.URL, ev.Altered) }

// Failed handles the failure of a request.
func (l *Loads) Failed(ev client.RequestFailed) {
	if i := l.find(ev.Req); i >= 0 && !l.open[i].inquiry.retries(ev.Status, l.tokens) {
		l.end(ev.Req, "", false)
	}
}

// end reports the result of a load.
func (l *Loads) end(number int, url string, altered bool) {
	i := l.find(number)
	if i < 0 {
		return
	}
	l.step.Emit(client.FileLoaded{Of: l.open[i].of, URL: url, Altered: altered})
	l.open = slices.Delete(l.open, i, i+1)
	l.next()
}

// find returns the index of the load with a request, or a negative number.
func (l *Loads) find(number int) int {
	return slices.IndexFunc(l.open, func(o load) bool { return o.inquiry.number == number })
}

// Forget cancels all loads, and reports each as failed.
func (l *Loads) Forget() {
	for _, o := range l.open {
		l.waiting = append(l.waiting, o.of)
	}
	for _, of := range l.waiting {
		l.step.Emit(client.FileLoaded{Of: of})
	}
	l.waiting, l.open = nil, nil
}
