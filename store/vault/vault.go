package vault

import (
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// A Conn is a transaction, or a connection for reading.
type Conn interface {
	// Exec carries out a statement.
	Exec(query string, args ...any) error
	// Query calls each for each row.
	Query(each func(scan func(...any) error) error, query string, args ...any) error
	// List returns an expression that reads a list of objects in JSON, a parameter such as $1, as rows with a column
	// value.
	List(parameter string) string
}

// A Vault is a [rules.Vault] in a transaction. After its first error it does nothing.
type Vault struct {
	Conn Conn
	// Ruled is called for a room whose rules get a new version although no op of the batch is for the room; nil: the
	// database has no versions.
	Ruled func(room int64) error
	// Err is the first error.
	Err error
}

var _ rules.Vault = (*Vault)(nil)

func (v *Vault) exec(query string, args ...any) {
	if v.Err == nil {
		v.Err = v.Conn.Exec(query, args...)
	}
}

func (v *Vault) query(each func(scan func(...any) error) error, query string, args ...any) {
	if v.Err == nil {
		v.Err = v.Conn.Query(each, query, args...)
	}
}

// count returns the number that a query reads.
func (v *Vault) count(query string, args ...any) (n int64) {
	v.query(func(scan func(...any) error) error { return scan(&n) }, query, args...)
	return n
}

// Lock returns the newest turn of a room.
func (v *Vault) Lock(r *rules.Room) rules.Lock {
	l, err := LockOf(v.Conn, r.Key)
	if v.Err == nil {
		v.Err = err
	}
	return l
}

// LockOf returns the newest turn of a room by its key.
func LockOf(c Conn, room int64) (l rules.Lock, err error) {
	var turn string
	err = c.Query(func(scan func(...any) error) error {
		return scan(&l.N, &l.Kid, &l.Chapter, (*int64)(&l.At), &l.By, &turn)
	}, `SELECT n, kid, chapter, at, by_device, turn FROM turns WHERE room = $1 ORDER BY n DESC LIMIT 1`, room)
	if err == nil && l.N > 0 {
		l.Turn, err = protocol.DecodeTurn([]byte(turn))
	}
	if err != nil {
		return l, err
	}
	err = c.Query(row.Into(&l.Due, row.Value[string]), `SELECT user_id FROM dues WHERE room = $1 ORDER BY user_id`, room)
	return l, err
}

// SetDue replaces the users for whom a turn is due.
func (v *Vault) SetDue(r *rules.Room, due []string) {
	v.exec(`DELETE FROM dues WHERE room = $1`, r.Key)
	for _, user := range due {
		v.exec(`INSERT INTO dues (room, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, r.Key, user)
	}
}

// AddTurn stores a turn.
func (v *Vault) AddTurn(r *rules.Room, l *rules.Lock) {
	v.exec(`INSERT INTO turns (room, n, kid, chapter, at, by_device, turn) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.Key, l.N, l.Kid, l.Chapter, int64(l.At), l.By, string(l.Turn.Append(nil)))
}

// list returns n objects as a list in JSON.
func list(n int, object func(dst []byte, i int) []byte) string {
	out := []byte{'['}
	for i := range n {
		if i > 0 {
			out = append(out, ',')
		}
		out = object(out, i)
	}
	return string(append(out, ']'))
}

// ids returns ids of devices as a list in JSON.
func ids(devices []string) string {
	return list(len(devices), func(dst []byte, i int) []byte {
		return append(append(append(dst, `{"id":"`...), devices[i]...), `"}`...)
	})
}

// AddWraps stores wraps.
func (v *Vault) AddWraps(r *rules.Room, n int64, wraps []protocol.Wrap) {
	latest := make(map[string]int, len(wraps)) // of several wraps for a device, the last one counts
	for i := range wraps {
		latest[wraps[i].To] = i
	}
	var kept []protocol.Wrap
	for i := range wraps {
		if latest[wraps[i].To] == i {
			kept = append(kept, wraps[i])
		}
	}
	all := list(len(kept), func(dst []byte, i int) []byte { return kept[i].Append(dst) })
	v.exec(`INSERT INTO wraps (room, n, device, enc, ct)
		SELECT CAST($1 AS bigint), CAST($2 AS bigint), value ->> 'to', value ->> 'enc', value ->> 'ct' FROM `+v.Conn.List("$3")+` WHERE true
		ON CONFLICT (room, device, n) DO UPDATE SET enc = excluded.enc, ct = excluded.ct`, r.Key, n, all)
}

// Wrap returns a wrap.
func (v *Vault) Wrap(r *rules.Room, n int64, device string) (wrap *protocol.Wrap) {
	v.query(func(scan func(...any) error) error {
		wrap = &protocol.Wrap{To: device}
		return scan(&wrap.Enc, &wrap.CT)
	}, `SELECT enc, ct FROM wraps WHERE room = $1 AND device = $2 AND n = $3 AND ct <> ''`, r.Key, device, n)
	return wrap
}

// Holds reports whether a device has the secret of a turn.
func (v *Vault) Holds(r *rules.Room, n int64, device string) bool {
	return v.count(`SELECT count(*) FROM wraps w JOIN turns t ON t.room = w.room AND t.n = w.n
		WHERE w.room = $1 AND w.device = $2 AND t.n >= $3 AND t.chapter <= $3
			AND EXISTS (SELECT 1 FROM turns WHERE room = $1 AND n = $3)`, r.Key, device, n) > 0
}

// Device returns a device.
func (v *Vault) Device(id string) (d *rules.Device) {
	v.query(func(scan func(...any) error) error {
		d = &rules.Device{}
		var device string
		var deleted int64
		if err := scan(&d.User, &device, (*int64)(&d.SeenAt), &deleted); err != nil {
			return err
		}
		d.Deleted = deleted != 0
		var err error
		d.Device, err = protocol.DecodeDevice([]byte(device))
		return err
	}, `SELECT user_id, device, seen_at, deleted FROM devices WHERE id = $1`, id)
	return d
}

// SaveDevice stores a device.
func (v *Vault) SaveDevice(d *rules.Device) {
	deleted := int64(0)
	if d.Deleted {
		deleted = 1
	}
	v.exec(`INSERT INTO devices (id, user_id, device, seen_at, deleted) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET device = excluded.device, seen_at = excluded.seen_at, deleted = excluded.deleted`,
		d.ID, d.User, string(d.Append(nil)), int64(d.SeenAt), deleted)
}

// UserDevices counts a user's devices.
func (v *Vault) UserDevices(user string, since protocol.Time) int {
	return int(v.count(`SELECT count(*) FROM devices WHERE user_id = $1 AND deleted = 0 AND seen_at > $2`, user, int64(since)))
}

// DeviceRooms lists the rooms of a device.
func (v *Vault) DeviceRooms(device string) (names []string) {
	v.query(row.Into(&names, row.Value[string]), `SELECT coalesce(rooms.name, '') FROM rooms JOIN room_devices r ON r.room = rooms.key WHERE r.device = $1`, device)
	return names
}

const insideRoom = ` FROM room_devices r JOIN devices d ON d.id = r.device WHERE r.room = $1 AND r.inside = 1`

// RoomDevices returns the users of devices in a room.
func (v *Vault) RoomDevices(r *rules.Room, devices []string) map[string]string {
	users := make(map[string]string, len(devices))
	v.query(func(scan func(...any) error) error {
		var id, user string
		err := scan(&id, &user)
		users[id] = user
		return err
	}, `SELECT d.id, d.user_id`+insideRoom+` AND r.device IN (SELECT value ->> 'id' FROM `+v.Conn.List("$2")+`)`, r.Key, ids(devices))
	return users
}

// Present reports whether a user has a device in a room.
func (v *Vault) Present(r *rules.Room, user string) bool {
	return v.count(`SELECT count(*)`+insideRoom+` AND d.user_id = $2`, r.Key, user) > 0
}

// CountDevices counts the devices in a room.
func (v *Vault) CountDevices(r *rules.Room, since protocol.Time) int {
	return int(v.count(`SELECT count(*)`+insideRoom+` AND d.seen_at > $2`, r.Key, int64(since)))
}

// Enter puts a device into a room.
func (v *Vault) Enter(r *rules.Room, device string) {
	v.exec(`INSERT INTO room_devices (room, device, inside) VALUES ($1, $2, 1) ON CONFLICT (room, device) DO UPDATE SET inside = 1`, r.Key, device)
}

// devicesOf selects the ids of a user's devices ($1).
const devicesOf = `(SELECT id FROM devices WHERE user_id = $1)`

// Leave removes devices from rooms.
func (v *Vault) Leave(who rules.Leaver) (due []rules.DueRoom) {
	var rooms []int64
	switch {
	case who.Room != nil:
		rooms = []int64{who.Room.Key}
	case who.Device != "":
		v.query(row.Into(&rooms, row.Value[int64]), `SELECT room FROM room_devices WHERE device = $1 AND inside = 1`, who.Device)
	default:
		v.query(row.Into(&rooms, row.Value[int64]), `SELECT room FROM members WHERE user_id = $1 AND room IN (SELECT room FROM turns)
			UNION SELECT room FROM room_devices WHERE inside = 1 AND device IN `+devicesOf, who.User)
	}
	slices.Sort(rooms)
	for _, room := range rooms {
		devices, name := devicesOf, who.User
		if who.Device != "" {
			devices, name = `(SELECT $1)`, who.Device
		}
		v.exec(`DELETE FROM wraps WHERE device IN `+devices+` AND room = $2`, name, room)
		v.exec(`UPDATE room_devices SET inside = 0 WHERE device IN `+devices+` AND room = $2`, name, room)
		v.exec(`INSERT INTO dues (room, user_id) SELECT CAST($1 AS bigint), CAST($2 AS text) WHERE EXISTS (SELECT 1 FROM turns WHERE room = $1)
			ON CONFLICT DO NOTHING`, room, who.User)
		v.query(func(scan func(...any) error) error {
			var d rules.DueRoom
			err := scan(&d.Room, &d.Epoch)
			if protocol.ValidRoom(d.Room) { // otherwise the room was dropped
				due = append(due, d)
			}
			return err
		}, `SELECT coalesce(name, ''), epoch FROM rooms WHERE key = $1 AND EXISTS (SELECT 1 FROM turns WHERE room = $1)`, room)
		if who.Room == nil && v.Ruled != nil && v.Err == nil {
			v.Err = v.Ruled(room)
		}
	}
	return due
}

// Forget deletes all devices and wraps of a user.
func (v *Vault) Forget(user string) []rules.DueRoom {
	due := v.Leave(rules.Leaver{User: user})
	for _, step := range [...]string{
		`INSERT INTO dues (room, user_id) SELECT room, '' FROM dues WHERE user_id = $1 ON CONFLICT DO NOTHING`,
		`DELETE FROM dues WHERE user_id = $1`,
		`DELETE FROM room_devices WHERE device IN ` + devicesOf,
		`DELETE FROM devices WHERE user_id = $1`,
	} {
		v.exec(step, user)
	}
	return due
}
