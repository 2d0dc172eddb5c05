package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// files answers for the rows of files; see [rules.Files].
type files struct{ *db }

const (
	// The rows stay locked, so that no relay drops them as unused meanwhile.
	selectFiles = `SELECT k.name, ` + row.FileColumns + ` FROM unnest($1::text[], $2::text[]) AS k (name, id)
		JOIN rooms ON rooms.name = k.name JOIN files f ON f.room = rooms.key AND f.id = k.id FOR UPDATE OF f`
	// The row with the totals orders the uploads of all relays, so that together they stay within a quota.
	lockFileBytes   = `SELECT 1 FROM file_bytes WHERE kind = '' FOR UPDATE`
	selectFileBytes = `SELECT '', '', bytes FROM file_bytes WHERE kind = ''
		UNION ALL SELECT 'u', b.name, bytes FROM unnest($1::text[]) AS k (name) JOIN file_bytes b ON b.kind = 'u' AND b.name = k.name
		UNION ALL SELECT 'r', rooms.name, bytes FROM unnest($2::text[]) AS k (name) JOIN rooms ON rooms.name = k.name
			JOIN file_bytes b ON b.kind = 'r' AND b.name = rooms.key::text`
)

// loadFiles loads files, and the used bytes.
func (l *loader) loadFiles(ops []rules.Op) {
	var names, ids, counted []string
	for i := range l.keys.Rooms {
		k := &l.keys.Rooms[i]
		for _, id := range k.Files {
			names, ids = append(names, k.Name), append(ids, id)
		}
		if k.FileBytes {
			counted = append(counted, k.Name)
		}
	}
	if len(ids) > 0 {
		l.each(func(scan func(...any) error) error {
			var name string
			f, err := row.File(row.Behind(scan, &name))
			if r := l.set.Room(name); r != nil && err == nil {
				r.AddFile(f)
			}
			return err
		}, selectFiles, names, ids)
	}
	if len(l.keys.Uploaders) > 0 {
		if uploads(ops) {
			l.queries.Queue(lockFileBytes)
		}
		l.set.FileBytes.ByUser = make(map[string]int64)
		l.each(l.addFileBytes, selectFileBytes, l.keys.Uploaders, counted)
	}
}

// uploads reports whether an op may add a file.
func uploads(ops []rules.Op) bool {
	for i := range ops {
		if do, ok := ops[i].Do.(rules.Upload); ok && !do.Ask {
			return true
		}
	}
	return false
}

// addFileBytes adds the used bytes of all files, of a user or of a room.
func (l *loader) addFileBytes(scan func(...any) error) error {
	var kind, name string
	var n int64
	err := scan(&kind, &name, &n)
	switch r := l.set.Room(name); {
	case kind == "":
		l.set.FileBytes.All = n
	case kind == "u":
		l.set.FileBytes.ByUser[name] = n
	case r != nil:
		r.FileBytes = n
	}
	return err
}

const (
	insertFile = `INSERT INTO files (room, id, owner, name, type, size, width, height, blob, thumb, sum, uploaded_at, seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	attachFile = `UPDATE files SET seq = $3 WHERE room = $1 AND id = $2`
	// detachFiles deletes the files of messages.
	detachFiles = `DELETE FROM files f USING unnest($1::bigint[], $2::bigint[]) AS k (room, seq) WHERE f.room = k.room AND f.seq = k.seq`
	disownBytes = `INSERT INTO file_bytes SELECT kind, $2, files, bytes FROM file_bytes WHERE kind = 'u' AND name = $1
		ON CONFLICT (kind, name) DO UPDATE SET files = file_bytes.files + excluded.files, bytes = file_bytes.bytes + excluded.bytes`
	// dropFiles deletes files of dropped rooms.
	dropFiles = `DELETE FROM files WHERE ctid = ANY (ARRAY(SELECT ctid FROM files WHERE room = ANY ($1::bigint[]) LIMIT $2))`
)

// saveFiles saves rows of files, and deletes those of messages that have lost their files.
func (b *batch) saveFiles(set *rules.Set) error {
	for _, f := range set.Files {
		if f.Made() {
			b.queue(insertFile, f.In().Key, f.ID, f.Owner, f.Name, f.Type, f.Size, f.Width, f.Height, f.Blob, f.Thumb, f.Sum[:],
				int64(f.UploadedAt), f.Seq)
		} else {
			b.queue(attachFile, f.In().Key, f.ID, f.Seq)
		}
	}
	var rooms, seqs []int64
	for _, m := range set.Messages {
		if m.Unfiled() {
			rooms, seqs = append(rooms, m.In().Key), append(seqs, m.Seq)
		}
	}
	if len(rooms) > 0 {
		b.queue(detachFiles, rooms, seqs)
	}
	return nil
}

// forgetFiles removes a user from the files: it deletes unused ones, and gives the others and their bytes to the
// pseudonym.
func (b *batch) forgetFiles(f *rules.Forget) {
	b.queue(`DELETE FROM files WHERE owner = $1 AND seq = 0`, f.User)
	b.queue(lockFileBytes)
	b.queue(`UPDATE files SET owner = $2 WHERE owner = $1`, f.User, f.Pseudonym)
	b.queue(disownBytes, f.User, f.Pseudonym)
	b.queue(`DELETE FROM file_bytes WHERE kind = 'u' AND name = $1`, f.User)
}

// File reads a file of a room; see [rules.Files].
func (s files) File(ctx context.Context, room, id string) (f rules.File, ok bool, err error) {
	f, err = row.File(s.readers.QueryRow(ctx, `SELECT `+row.FileColumns+` FROM rooms JOIN files f ON f.room = rooms.key WHERE rooms.name = $1 AND f.id = $2`,
		text(room), text(id)).Scan)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return rules.File{}, false, nil
	case err != nil:
		return rules.File{}, false, fmt.Errorf("read a file: %w", explain(err))
	}
	return f, true, nil
}

// Doomed lists keys of unneeded bytes; see [rules.Files].
func (s files) Doomed(ctx context.Context, limit int) ([]string, error) {
	return readAll(ctx, s.db, "list files to delete", row.Value[string], `SELECT blob FROM doomed ORDER BY blob LIMIT $1`, limit)
}

// Unknown returns the keys without a file; see [rules.Files].
func (s files) Unknown(ctx context.Context, keys []string) ([]string, error) {
	return readAll(ctx, s.db, "look for files", row.Value[string],
		`SELECT key FROM unnest($1::text[]) AS k (key) WHERE NOT EXISTS (SELECT 1 FROM files WHERE blob = key)`, keys)
}

// Deleted removes keys from the doomed ones; see [rules.Files].
func (s files) Deleted(ctx context.Context, keys []string) error {
	if _, err := s.readers.Exec(ctx, `DELETE FROM doomed WHERE blob = ANY ($1::text[])`, keys); err != nil {
		return fmt.Errorf("forget deleted files: %w", explain(err))
	}
	return nil
}

// A message may take a file meanwhile, so seq is compared again after the wait for the row.
const dropUnused = `DELETE FROM files WHERE ctid = ANY (ARRAY(SELECT ctid FROM files WHERE seq = 0 AND uploaded_at < $1 ORDER BY uploaded_at LIMIT $2)) AND seq = 0`

// DropUnused deletes rows of files that are in no message; see [rules.Files].
func (s files) DropUnused(ctx context.Context, before time.Time, limit int) (int, error) {
	tag, err := s.readers.Exec(ctx, dropUnused, int64(protocol.TimeOf(before)), limit)
	if err != nil {
		return 0, fmt.Errorf("drop unused files: %w", explain(err))
	}
	return int(tag.RowsAffected()), nil
}

// FileStats counts files; see [rules.Files].
func (s files) FileStats(ctx context.Context) (stats rules.FileStats, err error) {
	err = s.readers.QueryRow(ctx, `SELECT files, bytes, (SELECT count(*) FROM files WHERE seq = 0), (SELECT count(*) FROM doomed) FROM file_bytes WHERE kind = ''`).
		Scan(&stats.Files, &stats.Bytes, &stats.Unused, &stats.Doomed)
	if err != nil {
		return rules.FileStats{}, fmt.Errorf("count files: %w", explain(err))
	}
	return stats, nil
}

// FilesName returns the database's name at the place of its files; see [rules.Files].
func (s files) FilesName(ctx context.Context, proposed string) (name string, err error) {
	_, err = s.readers.Exec(ctx, `UPDATE database SET files_name = $1 WHERE files_name = ''`, proposed)
	if err == nil {
		err = s.readers.QueryRow(ctx, `SELECT files_name FROM database`).Scan(&name)
	}
	if err != nil {
		return "", fmt.Errorf("name the place of the files: %w", explain(err))
	}
	return name, nil
}
