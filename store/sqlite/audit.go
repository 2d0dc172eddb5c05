package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"hallway/protocol"
	"hallway/relay/hub"
)

// audit notes an act of op's sender, about a user or a message or neither, in
// the transaction of the act.
func (b *batch) audit(op *hub.Op, act, user, message string, d details) error {
	by := &op.Sender
	_, err := b.tx.Stmt(b.write.insertAudit).Exec(op.Room, int64(b.now), by.ID, by.Name, string(by.Role), act, user, message, d.object())
	return err
}

// details are the members of a JSON object as they are written.
type details []byte

func (d details) member(name string, value []byte) details {
	separator := byte(',')
	if len(d) == 0 {
		separator = '{'
	}
	d = append(d, separator)
	d = append(d, quote(name)...)
	d = append(d, ':')
	return append(d, value...)
}

// text adds a text, where there is one.
func (d details) text(name, text string) details {
	if text == "" {
		return d
	}
	return d.member(name, quote(text))
}

// time adds a time, where there is one.
func (d details) time(name string, t protocol.Time) details {
	if t == 0 {
		return d
	}
	return d.text(name, t.String())
}

// object is the JSON object, "" where it has no members.
func (d details) object() string {
	if len(d) == 0 {
		return ""
	}
	return string(d) + "}"
}

func quote(text string) []byte {
	quoted, _ := json.Marshal(text) // a string can always be
	return quoted
}

// Audit lists what was done in a room; see [hub.Moderation].
func (s *Store) Audit(ctx context.Context, room string, before int64, limit int) (entries []protocol.AuditEntry, err error) {
	err = query(ctx, s.read.directory.audit, func(scan func(...any) error) error {
		e, err := scanAudit(scan)
		entries = append(entries, e)
		return err
	}, room, below(before), limit)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return entries, nil
}

// auditColumns are what scanAudit reads.
const auditColumns = `n, at, by_id, by_name, by_role, act, user_id, message, details`

func scanAudit(scan func(...any) error) (e protocol.AuditEntry, err error) {
	err = scan(&e.N, (*int64)(&e.At), &e.By.ID, &e.By.Name, (*string)(&e.By.Role), &e.Act, &e.User, &e.ID, &e.Details)
	return e, err
}
