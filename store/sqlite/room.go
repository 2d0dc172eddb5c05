package sqlite

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"

	"hallway/protocol"
)

// enter finds the room, or, when asked to, makes it; sql.ErrNoRows: it is not
// there.
func (b *batch) enter(name string, orMake bool) (*room, error) {
	if r, ok := b.rooms[name]; ok {
		return r, nil
	}
	if r, ok := b.kept[name]; ok && !b.gone[name] {
		b.rooms[name] = &r
		return &r, nil
	}
	r := &room{name: name}
	var settings string
	var sanctioned bool
	err := b.tx.Stmt(b.write.selectRoom).QueryRow(name).Scan(&r.key, &r.epoch, &r.head, &r.lastAt, &settings, &sanctioned, &r.reports)
	if errors.Is(err, sql.ErrNoRows) && orMake {
		r.epoch = newEpoch()
		var added sql.Result
		if added, err = b.tx.Stmt(b.write.insertRoom).Exec(name, r.epoch, b.now); err == nil {
			r.key, err = added.LastInsertId()
		}
	}
	r.settings, _ = protocol.ReadSettings(settings) // what is no setting counts as none
	if err == nil && sanctioned {
		err = b.loadSanctions(r)
	}
	if err != nil {
		return nil, err
	}
	b.rooms[name] = r
	return r, nil
}

// newEpoch names a life of a room: 40 random bits, so that no two lives of one
// room share a name.
func newEpoch() string { return strings.ToLower(rand.Text()[:8]) }
