package lock

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// wantAfter is the wait for the secret of a new turn before the lock asks for it.
	wantAfter = time.Second
	// wantEvery is the time between two requests for the same secret.
	wantEvery = 8 * time.Second
)

// keys knows which secrets the vault has, gets the secret of the newest turn, and hands it to other devices.
type keys struct {
	*env
	device  *device
	records *records
	turns   *turns
	outs    *outs
	came    func() // called when the vault has the secret of the newest turn

	kids   map[string]bool // the kids of the secrets in the vault
	wantAt time.Time       // the time of the next request for the newest secret, and of the next check of the newest turn
}

// kid returns the kid to seal messages under, or "" if messages cannot be sealed now.
func (k *keys) kid() string {
	t := k.turns
	if t.newest == nil || !t.verified || !t.kept || t.behind() || !k.kids[t.newest.Kid] || k.device.inPlain() || k.outs.has(k.device.user) {
		return ""
	}
	return t.newest.Kid
}

// tell takes the newest turn from the relay.
func (k *keys) tell(t *protocol.Turn) {
	if k.turns.tell(t) {
		k.wake(&k.wantAt, wantEvery)
	}
}

// lacks reports whether the secret of the newest turn is missing.
func (k *keys) lacks() bool { return k.turns.newest != nil && !k.kids[k.turns.newest.Kid] }

// want asks the relay for the secret of the newest turn, if it is missing. While a join is under way it waits for the answer,
// which may contain the secret.
func (k *keys) want() {
	if k.device.joining {
		k.wake(&k.wantAt, wantAfter)
		return
	}
	if k.device.joined && k.device.registered && k.lacks() && !k.outs.has(k.device.user) {
		k.wake(&k.wantAt, wantEvery+k.step.Jitter(1))
		k.link.Write(protocol.Want{Room: k.cfg.Room, N: k.turns.newest.N})
	}
}

// unwrap opens a wrap of the newest turn's secret. The vault compares the result with the turn's kid.
func (k *keys) unwrap(wrap *protocol.Wrap) {
	if k.device.own.ID == "" {
		return
	}
	t := k.turns.newest
	k.do(client.Unwrap{Kid: t.Kid, Wrap: *wrap}, func(r client.CryptoResult) {
		found, _ := r.(client.KeysFound)
		if len(found.Kids) > 0 {
			k.gained(found.Kids, wrap)
		} else if k.turns.newest == t {
			k.wake(&k.wantAt, wantAfter) // the wrap does not contain the secret
		}
	})
}

// gained records secrets that the vault has got.
func (k *keys) gained(kids []string, wrap *protocol.Wrap) {
	for _, kid := range kids {
		k.kids[kid] = true
	}
	if k.turns.newest != nil && slices.Contains(kids, k.turns.newest.Kid) {
		if k.turns.wrap = wrap; k.turns.verified {
			k.wantAt = time.Time{} // an unverified turn is checked again at wantAt
		}
		k.turns.keep()
		k.came()
	}
	k.cfg.Rescan()
}

// mayHandOn reports whether the secret of a turn may be handed on: the turn is the newest one, and this device has stored no higher
// one, which may have shut out more users.
func (k *keys) mayHandOn(t *protocol.Turn) bool {
	return t != nil && t == k.turns.newest && !k.turns.behind()
}

// wanted hands the secret of the newest turn to the devices that may have it.
func (k *keys) wanted(f *protocol.Wanted) {
	t := k.turns.newest
	if !k.mayHandOn(t) || f.N != t.N || !k.turns.verified || k.lacks() || len(f.Devices) > protocol.WantedMax {
		return
	}
	k.records.check(f.Devices, func(bool) {
		ids := make([]string, 0, len(f.Devices))
		for i := range f.Devices {
			ids = append(ids, f.Devices[i].ID)
		}
		to := k.records.admitted(ids, append(k.outs.next(), t.Out...))
		if !k.mayHandOn(t) || len(to) == 0 {
			return
		}
		k.do(client.WrapKey{Kid: t.Kid, To: to}, func(r client.CryptoResult) {
			if w, ok := r.(client.KeyWrapped); ok && len(w.Wraps) > 0 && k.mayHandOn(t) && k.device.joined {
				k.link.Write(protocol.HandOn{Room: k.cfg.Room, N: t.N, Wraps: w.Wraps})
			}
		})
	})
}

func (k *keys) deadline() time.Time { return k.wantAt }

func (k *keys) fire() {
	if !k.step.Due(&k.wantAt) {
		return
	}
	if k.turns.newest != nil && k.turns.hash == "" && k.device.joined {
		k.wake(&k.wantAt, wantEvery)
		k.turns.verify()
	}
	k.want()
}
