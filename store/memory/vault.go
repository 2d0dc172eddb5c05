package memory

import (
	"context"
	"maps"
	"slices"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
)

// wrapKey names a wrap of a room.
type wrapKey struct {
	n      int64
	device string
}

// vault is the state of a transaction as a [rules.Vault].
type vault struct{ tx *state }

// Lock returns the newest turn of a room.
func (v vault) Lock(r *rules.Room) rules.Lock { return v.tx.rooms[r.Name].lock() }

func (r *Room) lock() (l rules.Lock) {
	if n := len(r.turns); n > 0 {
		l = r.turns[n-1]
	}
	l.Due = r.due
	return l
}

// SetDue replaces the users for whom a turn is due.
func (v vault) SetDue(r *rules.Room, due []string) {
	due = slices.Clone(due)
	slices.Sort(due)
	v.tx.own(r.Name).due = slices.Compact(due)
}

// AddTurn stores a turn.
func (v vault) AddTurn(r *rules.Room, l *rules.Lock) {
	own, turn := v.tx.own(r.Name), *l
	turn.Due = nil
	turn.Turn, _ = protocol.DecodeTurn(l.Turn.Append(nil))
	own.turns = append(own.turns, turn)
}

// AddWraps stores wraps.
func (v vault) AddWraps(r *rules.Room, n int64, wraps []protocol.Wrap) {
	own := v.tx.own(r.Name)
	for _, w := range wraps {
		put(&own.wraps, wrapKey{n, w.To}, w)
	}
}

func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}

// Wrap returns a wrap.
func (v vault) Wrap(r *rules.Room, n int64, device string) *protocol.Wrap {
	if w, ok := v.tx.rooms[r.Name].wraps[wrapKey{n, device}]; ok && w.CT != "" {
		return &w
	}
	return nil
}

// Holds reports whether a device has the secret of a turn.
func (v vault) Holds(r *rules.Room, n int64, device string) bool {
	own := v.tx.rooms[r.Name]
	return slices.ContainsFunc(own.turns, func(t rules.Lock) bool {
		_, has := own.wraps[wrapKey{t.N, device}]
		return has && t.N >= n && t.Chapter <= n
	}) && slices.ContainsFunc(own.turns, func(t rules.Lock) bool { return t.N == n })
}

// Device returns a device.
func (v vault) Device(id string) *rules.Device {
	if d, ok := v.tx.devices[id]; ok {
		return &d
	}
	return nil
}

// SaveDevice stores a device.
func (v vault) SaveDevice(d *rules.Device) { v.tx.devices[d.ID] = *d }

// UserDevices counts a user's devices.
func (v vault) UserDevices(user string, since protocol.Time) (n int) {
	for _, d := range v.tx.devices {
		if d.User == user && !d.Deleted && d.SeenAt > since {
			n++
		}
	}
	return n
}

// DeviceRooms lists the rooms of a device.
func (v vault) DeviceRooms(device string) (names []string) {
	for _, name := range v.tx.names() {
		if _, was := v.tx.rooms[name].inside[device]; was {
			names = append(names, name)
		}
	}
	return names
}

// RoomDevices returns the users of devices in a room.
func (v vault) RoomDevices(r *rules.Room, devices []string) map[string]string {
	users := make(map[string]string)
	for _, id := range devices {
		if v.tx.rooms[r.Name].inside[id] {
			users[id] = v.tx.devices[id].User
		}
	}
	return users
}

// Present reports whether a user has a device in a room.
func (v vault) Present(r *rules.Room, user string) bool {
	for id, here := range v.tx.rooms[r.Name].inside {
		if here && v.tx.devices[id].User == user {
			return true
		}
	}
	return false
}

// CountDevices counts the devices in a room.
func (v vault) CountDevices(r *rules.Room, since protocol.Time) (n int) {
	for id, here := range v.tx.rooms[r.Name].inside {
		if here && v.tx.devices[id].SeenAt > since {
			n++
		}
	}
	return n
}

// Enter puts a device into a room.
func (v vault) Enter(r *rules.Room, device string) { put(&v.tx.own(r.Name).inside, device, true) }

// Leave removes devices from rooms.
func (v vault) Leave(who rules.Leaver) (due []rules.DueRoom) {
	for _, name := range v.tx.names() {
		r := v.tx.rooms[name]
		if who.Room != nil && who.Room.Name != name {
			continue
		}
		var leave []string
		for id, here := range r.inside {
			if here && (id == who.Device || who.User != "" && v.tx.devices[id].User == who.User) {
				leave = append(leave, id)
			}
		}
		_, member := r.member(who.User)
		if len(leave) == 0 && !member && who.Room == nil {
			continue
		}
		own := v.tx.own(name)
		for _, id := range leave {
			own.inside[id] = false
			maps.DeleteFunc(own.wraps, func(k wrapKey, _ protocol.Wrap) bool { return k.device == id })
		}
		if len(own.turns) == 0 {
			continue
		}
		v.SetDue(&rules.Room{Name: name}, append(slices.Clone(own.due), who.User))
		due = append(due, rules.DueRoom{Room: name, Epoch: own.epoch})
		if who.Room == nil {
			own.ruled++
		}
	}
	return due
}

// Forget deletes all devices and wraps of a user.
func (v vault) Forget(user string) []rules.DueRoom {
	due := v.Leave(rules.Leaver{User: user})
	for _, name := range v.tx.names() {
		own := v.tx.own(name)
		if at := slices.Index(own.due, user); at >= 0 {
			others := slices.Clone(own.due)
			others[at] = ""
			v.SetDue(&rules.Room{Name: name}, others)
		}
		maps.DeleteFunc(own.inside, func(id string, _ bool) bool { return v.tx.devices[id].User == user })
	}
	maps.DeleteFunc(v.tx.devices, func(_ string, d rules.Device) bool { return d.User == user })
	return due
}

// Turns lists turns of a room; see [rules.Locks].
func (s reader) Turns(ctx context.Context, room string, before int64, limit int) (turns []protocol.Turn, more bool, err error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return nil, false, err
	}
	for _, t := range state.rooms[room].turns {
		if before == 0 || t.N < before {
			turns = append(turns, t.Turn)
		}
	}
	from := max(0, len(turns)-limit)
	return turns[from:], from > 0, nil
}

// Devices lists devices of a room; see [rules.Locks].
func (s reader) Devices(ctx context.Context, room string, ids []string) (devices []protocol.Device, err error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return nil, err
	}
	for id, here := range state.rooms[room].inside {
		if len(ids) == 0 && here || slices.Contains(ids, id) {
			devices = append(devices, state.devices[id].Device)
		}
	}
	slices.SortFunc(devices, func(a, b protocol.Device) int { return strings.Compare(a.ID, b.ID) })
	return devices, nil
}
