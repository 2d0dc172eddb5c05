package memory

import (
	"context"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// files answers for the rows of files; see [rules.Files].
type files struct {
	*states
	name string // the database's name at the place of the bytes; "": it has none yet
}

var _ rules.Files = (*files)(nil)

// loadFiles loads rows of files of a room.
func loadFiles(row *rules.Room, r *Room, k *rules.RoomKeys) {
	for _, id := range k.Files {
		if f, ok := r.files[id]; ok {
			row.AddFile(f)
		}
	}
	if k.FileBytes {
		for _, f := range r.files {
			row.FileBytes += f.Size
		}
	}
}

// loadFileBytes loads the sizes of users' files and of all files.
func loadFileBytes(set *rules.Set, tx *state, keys *rules.Keys) {
	if len(keys.Uploaders) == 0 {
		return
	}
	set.FileBytes.ByUser = make(map[string]int64)
	for _, r := range tx.rooms {
		for _, f := range r.files {
			set.FileBytes.All += f.Size
			if slices.Contains(keys.Uploaders, f.Owner) {
				set.FileBytes.ByUser[f.Owner] += f.Size
			}
		}
	}
}

func (r *Room) saveFile(row *rules.File) {
	r.files[row.ID] = stored(row)
}

// stored returns a row without the fields that only a batch uses.
func stored(row *rules.File) rules.File {
	return rules.File{
		File: row.File, Owner: row.Owner, Blob: row.Blob, Thumb: row.Thumb, Sum: row.Sum, UploadedAt: row.UploadedAt, Seq: row.Seq,
	}
}

// doomFiles deletes rows of files, and adds their bytes to the doomed keys.
func (s *state) doomFiles(r *Room, which func(rules.File) bool) (n int) {
	for id, f := range r.files {
		if which(f) {
			delete(r.files, id)
			s.doomed[f.Blob] = true
			n++
		}
	}
	return n
}

// disownFiles removes a user from the files: it deletes unused ones, and gives the others to the pseudonym.
func (s *state) disownFiles(r *Room, f *rules.Forget) {
	s.doomFiles(r, func(file rules.File) bool { return file.Owner == f.User && file.Seq == 0 })
	for id, file := range r.files {
		if file.Owner == f.User {
			file.Owner = f.Pseudonym
			r.files[id] = file
		}
	}
}

// File implements [rules.Files].
func (s *files) File(ctx context.Context, room, id string) (f rules.File, ok bool, err error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return f, false, err
	}
	f, ok = state.rooms[room].files[id]
	return f, ok, nil
}

// Doomed implements [rules.Files].
func (s *files) Doomed(ctx context.Context, limit int) (keys []string, err error) {
	state, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	for key := range state.doomed {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys[:min(len(keys), limit)], nil
}

// Deleted implements [rules.Files].
func (s *files) Deleted(ctx context.Context, keys []string) error {
	return s.change(ctx, func(tx *state) {
		for _, key := range keys {
			delete(tx.doomed, key)
		}
	})
}

// Unknown implements [rules.Files].
func (s *files) Unknown(ctx context.Context, keys []string) ([]string, error) {
	state, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	for _, r := range state.rooms {
		for _, f := range r.files {
			known[f.Blob] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return known[key] }), nil
}

// DropUnused implements [rules.Files].
func (s *files) DropUnused(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.change(ctx, func(tx *state) {
		for _, name := range tx.names() {
			n += tx.doomFiles(tx.own(name), func(f rules.File) bool {
				drops := f.Seq == 0 && f.UploadedAt < protocol.TimeOf(before) && limit > 0
				if drops {
					limit--
				}
				return drops
			})
		}
	})
	return n, err
}

// FileStats implements [rules.Files].
func (s *files) FileStats(ctx context.Context) (stats rules.FileStats, err error) {
	state, err := s.read(ctx)
	if err != nil {
		return stats, err
	}
	for _, r := range state.rooms {
		for _, f := range r.files {
			stats.Files++
			stats.Bytes += f.Size
			if f.Seq == 0 {
				stats.Unused++
			}
		}
	}
	stats.Doomed = int64(len(state.doomed))
	return stats, nil
}

// FilesName implements [rules.Files].
func (s *files) FilesName(_ context.Context, proposed string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.name == "" {
		s.name = proposed
	}
	return s.name, nil
}
