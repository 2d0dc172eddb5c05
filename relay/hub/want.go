package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

const (
	// wantedFor is the time that a device has to hand a secret on before another one is asked.
	wantedFor = 3 * time.Second
	// wantedElsewhereFor is the time for which a relay looks for a device that can hand a secret to one on another relay.
	wantedElsewhereFor = 4 * wantedFor
	// wantsMax limits the wants of a room.
	wantsMax = protocol.RoomDevicesMax
)

// A want is a device that lacks the secret of a turn.
type want struct {
	n      int64
	device protocol.Device
	member *member    // its stream; nil: it is on another relay
	asked  []*Session // devices that were asked in this round
	again  int64      // when the next one is
	until  int64      // when it is forgotten; 0: with its stream
}

// wanted answers a want: by the stored wrap, unless the connection had it, or else by asking another device.
func (k *keys) wanted(now time.Time, r *room, m *member, result rules.Wanted) {
	if r == nil || r.lock == nil || m == nil || m.e2ee.device == "" {
		return // the stream has ended meanwhile
	}
	if result.Wrap != nil && !m.e2ee.got[result.N] {
		m.session.send(protocol.Wrapped{Room: r.name, N: result.N, Wrap: *result.Wrap})
		m.received(result.N)
		k.hold(r, m, result.N)
		k.serve(now, r)
		return
	}
	if m.e2ee.holds <= result.N && m.e2ee.holds > 0 { // its wrap was bad
		m.e2ee.holds = 0
		r.lock.holders = slices.DeleteFunc(r.lock.holders, func(x *member) bool { return x == m })
	}
	k.add(r, &want{n: result.N, device: *m.session.device, member: m})
	k.serve(now, r)
}

// wantedElsewhere takes the wants of devices on another relay.
func (k *keys) wantedElsewhere(now time.Time, r *room, f protocol.Wanted) {
	if r.lock == nil {
		return
	}
	for _, d := range f.Devices {
		k.add(r, &want{n: f.N, device: d, until: now.Add(wantedElsewhereFor).UnixNano()})
	}
	k.serve(now, r)
}

// add adds a want, unless it is there.
func (k *keys) add(r *room, w *want) {
	same := func(x *want) bool { return x.n == w.n && x.device.ID == w.device.ID }
	if at := slices.IndexFunc(r.lock.wants, same); at >= 0 {
		r.lock.wants[at].until = w.until
		return
	}
	if len(r.lock.wants) >= wantsMax {
		return // its device asks again
	}
	r.lock.wants = append(r.lock.wants, w)
	if !slices.Contains(k.wanting, r) {
		k.wanting = append(k.wanting, r)
	}
}

// tick asks the next devices where those that were asked have not answered.
func (k *keys) tick(now time.Time) {
	for _, r := range k.wanting {
		k.serve(now, r)
	}
	k.wanting = slices.DeleteFunc(k.wanting, func(r *room) bool { return r.lock == nil || len(r.lock.wants) == 0 })
}

// serve asks devices to hand secrets on, each for as many wants as a frame may have.
func (k *keys) serve(now time.Time, r *room) {
	if r.lock == nil || len(r.lock.wants) == 0 {
		return
	}
	at := now.UnixNano()
	r.lock.wants = slices.DeleteFunc(r.lock.wants, func(w *want) bool { return w.until != 0 && w.until <= at })
	type request struct {
		holder  *member
		n       int64
		devices []protocol.Device
	}
	var requests []*request
	for _, w := range r.lock.wants {
		if at < w.again {
			continue
		}
		w.again = now.Add(wantedFor).UnixNano()
		holder := r.lock.holder(w)
		if holder == nil {
			w.asked = nil
			if w.member != nil {
				k.tellElsewhere(r.name, r.epoch, protocol.Wanted{Room: r.name, N: w.n, Devices: []protocol.Device{w.device}})
			}
			continue
		}
		w.asked = append(w.asked, holder.session)
		i := slices.IndexFunc(requests, func(q *request) bool {
			return q.holder == holder && q.n == w.n && len(q.devices) < protocol.WantedMax
		})
		if i < 0 {
			i = len(requests)
			requests = append(requests, &request{holder: holder, n: w.n})
		}
		requests[i].devices = append(requests[i].devices, w.device)
	}
	for _, q := range requests {
		q.holder.session.send(protocol.Wanted{Room: r.name, N: q.n, Devices: q.devices})
	}
}

// holder returns a stream whose device can hand on what is wanted, and was not asked in this round; nil: there is none.
func (l *lock) holder(w *want) *member {
	for _, m := range l.holders {
		if m.e2ee.holds >= w.n && m.e2ee.device != w.device.ID && !slices.Contains(w.asked, m.session) {
			return m
		}
	}
	return nil
}
