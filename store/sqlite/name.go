package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"hallway/store/word"
)

// folded returns the form of a name by which members are sorted.
func folded(terms []string) string {
	if len(terms) == 0 {
		return ""
	}
	return terms[0]
}

var (
	deleteTerm  = writing(`DELETE FROM member_terms WHERE room = ? AND term = ? AND user_id = ?`)
	insertTerms = bulkWriting(`INSERT OR IGNORE INTO member_terms (room, term, user_id)`, 3, ``)
)

// forgetNames deletes the terms of a user in all rooms.
func (b *batch) forgetNames(user string) error {
	var terms []any
	err := ask(context.Background(), b.tx, func(scan func(...any) error) error {
		var room int64
		var name string
		err := scan(&room, &name)
		for _, term := range word.NameTerms(name) {
			terms = append(terms, room, term)
		}
		return err
	}, `SELECT room, name FROM members WHERE user_id = ?`, user)
	for ; err == nil && len(terms) > 0; terms = terms[2:] {
		err = b.exec(deleteTerm, terms[0], terms[1], user)
	}
	return err
}

// namesPart limits the members whose terms are made between two reads.
const namesPart = 1000

// checkNames makes the terms of all members anew if they are of another version.
func checkNames(ctx context.Context, db *sql.DB, version int) error {
	var has int
	if err := db.QueryRowContext(ctx, `SELECT names FROM index_version`).Scan(&has); err != nil || has == version {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `DELETE FROM member_terms`); err != nil {
		return err
	}
	err = eachMember(ctx, tx, func(room int64, user, name string) error {
		terms := word.NameTerms(name)
		if len(terms) == 0 {
			return nil
		}
		for _, term := range terms {
			if _, err := tx.ExecContext(ctx, `INSERT INTO member_terms (room, term, user_id) VALUES (?, ?, ?)`, room, term, user); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE members SET folded = ? WHERE room = ? AND user_id = ?`, folded(terms), room, user)
		return err
	})
	if err != nil {
		return fmt.Errorf("make the index of names anew: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE index_version SET names = ?`, version); err != nil {
		return err
	}
	return tx.Commit()
}

// eachMember calls do for the members of all rooms. It reads them in parts, because a connection cannot read and write
// at once.
func eachMember(ctx context.Context, tx *sql.Tx, do func(room int64, user, name string) error) error {
	type member struct {
		room       int64
		user, name string
	}
	var last member
	for {
		var part []member
		err := ask(ctx, tx, func(scan func(...any) error) error {
			var m member
			err := scan(&m.room, &m.user, &m.name)
			part = append(part, m)
			return err
		}, `SELECT room, user_id, name FROM members WHERE (room, user_id) > (?, ?) ORDER BY room, user_id LIMIT ?`, last.room, last.user, namesPart)
		if err != nil || len(part) == 0 {
			return err
		}
		for _, m := range part {
			if err := do(m.room, m.user, m.name); err != nil {
				return err
			}
		}
		last = part[len(part)-1]
	}
}
