package vault

import (
	"fmt"

	"hallway/protocol"
)

// Check looks for rows that do not belong together, and calls found with one line for each finding.
func Check(c Conn, found func(string)) error {
	for _, rule := range [...]struct{ text, query string }{
		{"wraps belong to a turn that is not there", `SELECT count(*) FROM wraps w WHERE NOT EXISTS (SELECT 1 FROM turns t WHERE t.room = w.room AND t.n = w.n)`},
		{"devices in rooms are not registered", `SELECT count(*) FROM room_devices r WHERE NOT EXISTS (SELECT 1 FROM devices d WHERE d.id = r.device)`},
		{"deleted devices are in a room", `SELECT count(*) FROM room_devices r JOIN devices d ON d.id = r.device WHERE r.inside = 1 AND d.deleted = 1`},
	} {
		var n int64
		if err := c.Query(func(scan func(...any) error) error { return scan(&n) }, rule.query); err != nil {
			return err
		}
		if n > 0 {
			found(fmt.Sprintf("%d %s", n, rule.text))
		}
	}
	return c.Query(func(scan func(...any) error) error {
		var room, n int64
		var kid, device, text string
		if err := scan(&room, &n, &kid, &device, &text); err != nil {
			return err
		}
		if t, err := protocol.DecodeTurn([]byte(text)); err != nil || t.N != n || t.Kid != kid || t.By != device {
			found(fmt.Sprintf("turn %d of room %d is not as it was sent", n, room))
		}
		return nil
	}, `SELECT room, n, kid, by_device, turn FROM turns ORDER BY room, n`)
}
