package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

const (
	// wantedFor is the time that a device has to hand a secret on before the next device is asked.
	wantedFor = 3 * time.Second
	// wantedElsewhereFor is the time for which a relay asks its devices on behalf of a device at another relay.
	wantedElsewhereFor = 4 * wantedFor
	// wantedBytesMax limits the bytes of the devices in one request to a device; deviceBytes is the size of a device
	// without its certificate.
	wantedBytesMax = 64 << 10
	deviceBytes    = 512
	// wantsMax limits the wants of a room.
	wantsMax = protocol.RoomDevicesMax
)

// A want is a device that lacks the secret of a turn.
type want struct {
	n      int64
	device protocol.Device
	member *member    // its stream; nil: it is on another relay
	asked  []*Session // devices that were asked in this round
	holder *member    // the last asked device's stream
	again  int64      // when the next device is asked
	until  int64      // when it is forgotten; 0: with its stream
}

// wanted answers a want with the stored wrap, unless the connection has that wrap; otherwise it asks another device.
func (k *keys) wanted(now time.Time, r *room, m *member, result rules.Wanted) {
	if r == nil || r.lock == nil || m == nil || m.e2ee.deviceID() == "" {
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
	k.add(r, &want{n: result.N, device: *m.session.device(), member: m})
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

// add adds a want, or renews the same one. A want with a stream here keeps its stream.
func (k *keys) add(r *room, w *want) {
	same := func(x *want) bool { return x.n == w.n && x.device.ID == w.device.ID }
	if at := slices.IndexFunc(r.lock.wants, same); at >= 0 {
		if known := r.lock.wants[at]; known.member == nil || w.member != nil {
			known.member, known.until = w.member, w.until
		}
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

// tick asks the next devices if the asked ones have not answered.
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
	busy := make(map[*member]load)
	for _, w := range r.lock.wants {
		if w.holder != nil && at < w.again {
			busy[w.holder] = busy[w.holder].with(w)
		}
	}
	var requests []*request
	for _, w := range r.lock.wants {
		if at < w.again {
			continue
		}
		holder, wait := r.lock.next(w, busy)
		if wait {
			continue // until one holder has answered
		}
		w.again, w.holder = now.Add(wantedFor).UnixNano(), holder
		if holder == nil {
			w.asked = nil
			if w.member != nil {
				k.tellElsewhere(r.name, r.epoch, protocol.Wanted{Room: r.name, N: w.n, Devices: []protocol.Device{w.device}})
			}
			continue
		}
		w.asked = append(w.asked, holder.session)
		busy[holder] = busy[holder].with(w)
		i := slices.IndexFunc(requests, func(q *request) bool { return q.holder == holder && q.n == w.n })
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

// A request asks a device to hand a secret on.
type request struct {
	holder  *member
	n       int64
	devices []protocol.Device
}

// A load counts the unanswered requests to a device.
type load struct{ devices, bytes int }

// with returns the load with one more want.
func (l load) with(w *want) load {
	return load{l.devices + 1, l.bytes + len(w.device.Cert) + deviceBytes}
}

// full reports whether the device must not be asked for more, because a stream holds only so many bytes.
func (l load) full() bool { return l.devices >= protocol.WantedMax || l.bytes >= wantedBytesMax }

// next returns a stream whose device holds the wanted secret and was not asked in this round; nil: there is none. wait
// reports that all such devices are busy.
func (l *lock) next(w *want, busy map[*member]load) (holder *member, wait bool) {
	for _, m := range l.holders {
		switch {
		case m.e2ee.holds < w.n || m.e2ee.device == w.device.ID || slices.Contains(w.asked, m.session):
		case busy[m].full():
			wait = true
		default:
			return m, false
		}
	}
	return nil, wait
}
