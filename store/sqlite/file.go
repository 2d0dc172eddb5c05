package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/column"
	"hallway/store/row"
)

var (
	selectFiles = bulkWriting(`WITH k (in_room, by_id) AS (`, 2, `) SELECT room, `+row.FileColumns+`
		FROM k CROSS JOIN files f ON room = in_room AND id = by_id`)
	selectFileBytes = writing(`SELECT bytes FROM file_bytes WHERE kind = ? AND name = CAST(? AS TEXT)`)
)

// loadFiles loads files, and the used bytes.
func (b *batch) loadFiles(set *rules.Set, keys *rules.Keys) error {
	rooms := make(map[int64]*rules.Room)
	var args []any
	for i := range keys.Rooms {
		k := &keys.Rooms[i]
		r := set.Room(k.Name)
		if r == nil {
			continue
		}
		for _, id := range k.Files {
			rooms[r.Key] = r
			args = append(args, r.Key, id)
		}
		if k.FileBytes {
			if err := b.fileBytes("r", r.Key, &r.FileBytes); err != nil {
				return err
			}
		}
	}
	for _, user := range keys.Uploaders {
		if set.FileBytes.ByUser == nil {
			set.FileBytes.ByUser = make(map[string]int64)
			if err := b.fileBytes("", "", &set.FileBytes.All); err != nil {
				return err
			}
		}
		var bytes int64
		if err := b.fileBytes("u", user, &bytes); err != nil {
			return err
		}
		set.FileBytes.ByUser[user] = bytes
	}
	return b.queryAll(selectFiles, 2, args, func(scan func(...any) error) error {
		var key int64
		f, err := row.File(row.Behind(scan, &key))
		if err == nil {
			rooms[key].AddFile(f)
		}
		return err
	})
}

func (b *batch) fileBytes(kind string, name any, to *int64) error {
	_, err := found(b.stmt(selectFileBytes).QueryRow(kind, name).Scan(to))
	return err
}

var (
	insertFile = writing(`INSERT INTO files (room, id, owner, name, type, size, width, height, blob, thumb, sum, uploaded_at, seq)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	attachFile = writing(`UPDATE files SET seq = ? WHERE room = ? AND id = ?`)
	// detachFiles deletes the files of a message.
	detachFiles  = writing(`DELETE FROM files WHERE room = ? AND seq = ?`)
	setAttached  = writing(`UPDATE messages SET attached = ? WHERE room = ? AND seq = ?`)
	forgetUnused = `DELETE FROM files WHERE owner = ?1 AND seq = 0`
	disownFiles  = `UPDATE files SET owner = ?2 WHERE owner = ?1`
	disownBytes  = `INSERT INTO file_bytes SELECT kind, ?2, files, bytes FROM file_bytes WHERE kind = 'u' AND name = ?1
		ON CONFLICT DO UPDATE SET files = files + excluded.files, bytes = bytes + excluded.bytes`
	forgetBytes = `DELETE FROM file_bytes WHERE kind = 'u' AND name = ?1`
)

// saveFiles saves rows of files.
func (b *batch) saveFiles(set *rules.Set) (err error) {
	for _, f := range set.Files {
		if f.Made() {
			err = b.exec(insertFile, f.In().Key, f.ID, f.Owner, f.Name, f.Type, f.Size, f.Width, f.Height, f.Blob, f.Thumb, f.Sum[:],
				int64(f.UploadedAt), f.Seq)
		} else {
			err = b.exec(attachFile, f.Seq, f.In().Key, f.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// saveAttached saves the files of a new or changed message.
func (b *batch) saveAttached(m *rules.Message) error {
	if m.Unfiled() {
		if err := b.exec(detachFiles, m.In().Key, m.Seq); err != nil {
			return err
		}
	}
	if len(m.Files) == 0 && !m.Unfiled() {
		return nil
	}
	attached, err := column.EncodeFiles(&m.Message)
	if err != nil {
		return err
	}
	return b.exec(setAttached, attached, m.In().Key, m.Seq)
}

// files answers for the rows of files; see [rules.Files].
type files struct {
	*db
	wiping *wiping
}

var (
	readFile   = reading(`SELECT ` + row.FileColumns + ` FROM files f WHERE room = (SELECT key FROM rooms WHERE name = ?) AND id = ?`)
	listDoomed = reading(`SELECT blob FROM doomed LIMIT ?`)
	blobKnown  = reading(`SELECT EXISTS (SELECT 1 FROM files WHERE blob = ?)`)
	countFiles = reading(`SELECT files, bytes, (SELECT count(*) FROM files WHERE seq = 0), (SELECT count(*) FROM doomed)
		FROM file_bytes WHERE kind = ''`)
)

// File implements [rules.Files].
func (s files) File(ctx context.Context, room, id string) (f rules.File, ok bool, err error) {
	f, err = row.File(s.reads[readFile].QueryRowContext(ctx, room, id).Scan)
	if ok, err = found(err); err != nil {
		err = fmt.Errorf("read a file: %w", err)
	}
	return f, ok, err
}

// Doomed implements [rules.Files].
func (s files) Doomed(ctx context.Context, limit int) (keys []string, err error) {
	keys, err = readAll(ctx, s.reads[listDoomed], "list files to delete", row.Value[string], limit)
	if len(keys) > 0 {
		err = s.Ready(ctx) // syncs the unsynced slices of the upkeep
	}
	return keys, err
}

var deleteDoomed = writing(`DELETE FROM doomed WHERE blob = ?`)

// Deleted implements [rules.Files].
func (s files) Deleted(ctx context.Context, keys []string) error {
	return s.deleteRows(ctx, func(tx *sql.Tx) error {
		for _, key := range keys {
			if _, err := tx.StmtContext(ctx, s.writes[deleteDoomed]).ExecContext(ctx, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unknown implements [rules.Files].
func (s files) Unknown(ctx context.Context, keys []string) (unknown []string, err error) {
	for _, key := range keys {
		var known bool
		if err := s.reads[blobKnown].QueryRowContext(ctx, key).Scan(&known); err != nil {
			return nil, fmt.Errorf("look for a file: %w", err)
		}
		if !known {
			unknown = append(unknown, key)
		}
	}
	return unknown, nil
}

var dropUnused = writing(`DELETE FROM files WHERE (room, id) IN
	(SELECT room, id FROM files WHERE seq = 0 AND uploaded_at < ? ORDER BY uploaded_at LIMIT ?)`)

// DropUnused implements [rules.Files].
func (s files) DropUnused(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.deleteRows(ctx, func(tx *sql.Tx) error {
		result, err := tx.StmtContext(ctx, s.writes[dropUnused]).ExecContext(ctx, int64(protocol.TimeOf(before)), limit)
		if err != nil {
			return err
		}
		dropped, err := result.RowsAffected()
		n = int(dropped)
		return err
	})
	return n, err
}

// deleteRows carries out a deleting transaction outside the commits, in the writer's turn.
func (s files) deleteRows(ctx context.Context, do func(*sql.Tx) error) (err error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	w := s.wiping
	defer func() {
		if err != nil {
			w.marked = false
			s.renewAfter(err)
			err = fmt.Errorf("change rows of files: %w", err)
		}
	}()
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after the commit
	if err := w.markUnwiped(ctx, tx); err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return err
	}
	w.deleted() // even after a failed commit, because it may be stored
	return tx.Commit()
}

// FileStats implements [rules.Files].
func (s files) FileStats(ctx context.Context) (stats rules.FileStats, err error) {
	err = s.reads[countFiles].QueryRowContext(ctx).Scan(&stats.Files, &stats.Bytes, &stats.Unused, &stats.Doomed)
	if err != nil {
		return stats, fmt.Errorf("count files: %w", err)
	}
	return stats, nil
}

var nameFiles = writing(`INSERT INTO files_name SELECT ? WHERE NOT EXISTS (SELECT 1 FROM files_name)`)

// FilesName implements [rules.Files].
func (s files) FilesName(ctx context.Context, proposed string) (name string, err error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if _, err = s.writes[nameFiles].ExecContext(ctx, proposed); err == nil {
		err = s.writer.QueryRowContext(ctx, `SELECT name FROM files_name`).Scan(&name)
	}
	if err != nil {
		return "", fmt.Errorf("name the place of the files: %w", err)
	}
	return name, nil
}
