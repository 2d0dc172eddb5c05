package vault

import (
	"slices"

	"hallway/protocol"
	"hallway/store/row"
)

// Turns lists turns of a room by its name; see [hallway/relay/rules.Locks].
func Turns(c Conn, room string, before int64, limit int) (turns []protocol.Turn, more bool, err error) {
	err = c.Query(func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		if more = len(turns) == limit; more {
			return nil
		}
		t, err := protocol.DecodeTurn([]byte(text))
		turns = append(turns, t)
		return err
	}, `SELECT turn FROM turns WHERE room = (SELECT key FROM rooms WHERE name = $1) AND (n < $2 OR $2 = 0) ORDER BY n DESC LIMIT $3`,
		room, before, int64(limit)+1)
	slices.Reverse(turns)
	return turns, more, err
}

// Devices lists devices of a room by its name; see [hallway/relay/rules.Locks].
func Devices(c Conn, room string, devices []string) (all []protocol.Device, err error) {
	query, args := ` AND r.inside = 1`, []any{room}
	if len(devices) > 0 {
		query, args = ` AND d.id IN (SELECT value ->> 'id' FROM `+c.List("$2")+`)`, append(args, ids(devices))
	}
	err = c.Query(row.Into(&all, func(scan row.Scan) (protocol.Device, error) {
		text, err := row.Value[[]byte](scan)
		if err != nil {
			return protocol.Device{}, err
		}
		return protocol.DecodeDevice(text)
	}), `SELECT d.device FROM room_devices r JOIN devices d ON d.id = r.device WHERE r.room = (SELECT key FROM rooms WHERE name = $1)`+
		query+` ORDER BY d.id`, args...)
	return all, err
}

// Tables are the tables with rows of rooms, each with its key beside room.
var Tables = [...]struct{ Name, Key string }{{"turns", "n"}, {"wraps", "device, n"}, {"room_devices", "device"}, {"dues", "user_id"}}

// Purge returns statements that delete the turns that no message needs, after messages of a room (the parameter) were
// deleted: the turns before the one that was the newest a minute before the oldest message. Each ends with rest.
func Purge(room, rest string) []string {
	needed := `(SELECT max(n) FROM turns WHERE room = ` + room + ` AND at < coalesce(
		(SELECT created_at FROM messages WHERE room = ` + room + ` ORDER BY seq LIMIT 1) - 60000000, 9000000000000000000))`
	return []string{
		`DELETE FROM wraps WHERE room = ` + room + ` AND n < ` + needed + rest,
		`DELETE FROM turns WHERE room = ` + room + ` AND n < ` + needed + rest,
	}
}
