package sqlite

import (
	"hallway/protocol"
	"hallway/relay/hub"
)

// configure sets the room's title and settings, or adjusts the settings that op
// names, and reports whether that has changed anything.
func (b *batch) configure(r *room, op *hub.Op) (changed bool, err error) {
	var title, settings string
	if err := b.tx.Stmt(b.write.selectSettings).QueryRow(r.key).Scan(&title, &settings); err != nil {
		return false, err
	}
	nextTitle, next := op.Title, op.Settings
	if op.Kind == hub.OpAdjust {
		nextTitle, next = title, op.Adjust.Apply(settings)
	}
	var d details
	if nextTitle != title {
		d = d.member("title", quote(nextTitle))
	}
	if next != settings {
		d = d.member("settings", object(next))
	}
	if d == nil {
		return false, nil
	}
	if _, err := b.tx.Stmt(b.write.configureRoom).Exec(nextTitle, next, r.key); err != nil {
		return false, err
	}
	b.deletes = true                            // what the settings said before
	r.settings, _ = protocol.ReadSettings(next) // what is no setting counts as none
	return true, b.audit(op, "configure", "", "", d)
}

// object is a room's settings as a JSON object.
func object(settings string) []byte {
	if settings == "" {
		settings = "{}"
	}
	return []byte(settings)
}
