package lock

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// wantAfter is how long the secret of a new turn may take before it is asked for.
	wantAfter = time.Second
	// wantEvery is how often it is asked for.
	wantEvery = 8 * time.Second
	// turnsPage is how many turns are read at once on the way back.
	turnsPage = 50
)

// keys says which secrets the vault has.
type keys struct {
	kids     map[string]bool
	wantAt   time.Time // when the secret of the newest turn is asked for
	readBack readBack
}

// readBack is how far the secrets before the newest have been read.
type readBack struct {
	at      *protocol.Turn // the oldest turn whose secret is here; nil: the newest
	busy    bool
	failed  bool // the relay has not answered: it is asked again later
	ended   bool // there are no more: a chapter begins
	request int  // for turns
}

// Kid returns the kid under which messages may be sealed now; "": under none.
func (l *Lock) Kid() string {
	if l.newest == nil || !l.verified || !l.kept || l.behind() || !l.kids[l.newest.Kid] || l.joined && !l.encrypted || l.isOut(l.user) {
		return ""
	}
	return l.newest.Kid
}

// MayWrite reports whether messages may be written: they can be sealed, or could be before the
// last turn.
func (l *Lock) MayWrite() bool {
	switch l.state() {
	case client.LockReady:
		return true
	case client.LockWaiting:
		return l.kids[l.highKid]
	}
	return false
}

// want asks for the secret of the newest turn, if it is missing.
func (l *Lock) want() {
	if !l.joined || !l.registered || l.newest == nil || l.kids[l.newest.Kid] || l.isOut(l.user) {
		return
	}
	l.wantAt = l.step.Now.Add(wantEvery + l.step.Jitter(1))
	l.link.Write(protocol.Want{Room: l.cfg.Room, N: l.newest.N})
}

// Wrapped takes a secret for this device.
func (l *Lock) Wrapped(f *protocol.Wrapped) {
	if l.newest != nil && f.N == l.newest.N && !l.kids[l.newest.Kid] {
		l.unwrap(f.Wrap)
	}
}

// unwrap opens a wrap of the newest turn's secret. Its kid tells whether it is the secret.
func (l *Lock) unwrap(wrap protocol.Wrap) {
	if l.own.ID == "" {
		return
	}
	t := l.newest
	l.do(client.Unwrap{Kid: t.Kid, Wrap: wrap}, func(r client.CryptoResult) {
		found, _ := r.(client.KeysFound)
		if len(found.Kids) > 0 {
			l.gained(found.Kids, &wrap)
		} else if l.newest == t {
			l.wantAt = l.step.Now.Add(wantAfter) // it was a bogus one
		}
	})
}

// gained notes secrets that the vault has now.
func (l *Lock) gained(kids []string, wrap *protocol.Wrap) {
	for _, kid := range kids {
		l.kids[kid] = true
	}
	if l.newest != nil && slices.Contains(kids, l.newest.Kid) {
		if l.readBack, l.wrap = (readBack{}), wrap; l.verified {
			l.wantAt = time.Time{} // else it is verified again then
		}
		l.keep()
		if !l.making {
			l.makeAt = time.Time{} // it waited for the secret
		}
		l.consider()
	}
	l.cfg.Rescan()
}

// Wanted hands the secret of the newest turn to devices that may have it.
func (l *Lock) Wanted(f *protocol.Wanted) {
	t := l.newest
	if t == nil || f.N != t.N || !l.verified || !l.kids[t.Kid] || len(f.Devices) > protocol.WantedMax {
		return
	}
	l.check(f.Devices, func(bool) {
		ids := make([]string, 0, len(f.Devices))
		for i := range f.Devices {
			ids = append(ids, f.Devices[i].ID)
		}
		to := l.admitted(ids, append(l.outNext(), t.Out...))
		if l.newest != t || len(to) == 0 {
			return
		}
		l.do(client.WrapKey{Kid: t.Kid, To: to}, func(r client.CryptoResult) {
			if w, ok := r.(client.KeyWrapped); ok && len(w.Wraps) > 0 && l.newest == t && l.joined {
				l.link.Write(protocol.HandOn{Room: l.cfg.Room, N: t.N, Wraps: w.Wraps})
			}
		})
	})
}

// admitted returns the devices that may have a secret for which users are out.
func (l *Lock) admitted(ids, out []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		cert := l.certOf(id)
		return !l.good(cert) || slices.Contains(out, cert.User)
	})
}

// goBack reads the secrets before the newest, page by page, until there are no more.
func (l *Lock) goBack() {
	b := &l.readBack
	if b.at == nil {
		b.at = l.newest
	}
	if b.busy || b.failed || b.ended || !l.kids[l.newest.Kid] || !l.joined {
		return
	}
	if b.at.Link == "" {
		b.ended = true
		l.cfg.Rescan()
		return
	}
	b.busy, b.request = true, l.step.Request()
	l.step.Emit(client.FetchTurns{Req: b.request, Token: l.tokens.Token(), Before: b.at.N, Limit: turnsPage})
}

// TurnsLoaded takes a page of earlier turns.
func (l *Lock) TurnsLoaded(ev client.TurnsLoaded) {
	b := &l.readBack
	if ev.Req != b.request {
		return
	}
	chain := []protocol.Turn{*b.at}
	for i := range ev.Turns {
		chain = append(chain, ev.Turns[len(ev.Turns)-1-i])
	}
	newest := l.newest
	l.do(client.ReadBack{Turns: chain}, func(r client.CryptoResult) {
		found, _ := r.(client.KeysFound)
		if l.newest != newest {
			return
		}
		b.busy, b.ended = false, true
		for _, kid := range found.Kids {
			b.ended = b.ended && l.kids[kid]
		}
		b.at = &chain[min(len(found.Kids), len(ev.Turns))]
		l.gained(found.Kids, nil)
	})
}

// turnsFailed lets the way back wait.
func (l *Lock) turnsFailed() {
	l.readBack.busy, l.readBack.failed = false, true
	l.openLater()
}
