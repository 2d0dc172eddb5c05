package sqlite

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hallway/relay/rules"
	"hallway/store/storetest"
)

// TestBackupBesideCommits checks that a backup during commits is a database of one moment.
func TestBackupBesideCommits(t *testing.T) {
	const before = 20_000 // messages: several steps
	database := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, database)
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, before)); err != nil {
		t.Fatal(err)
	}
	epoch := mustPage(t, s, "lobby").Epoch
	dir := t.TempDir()
	path := filepath.Join(dir, "backup.db")
	if err := os.WriteFile(path, []byte("an older backup"), 0o600); err != nil {
		t.Fatal(err)
	}

	steps, last, committed := 0, 0, before
	commit := func(done, total int) { // between any two steps, as the relay would
		if done < last || done > total {
			t.Errorf("%d of %d pages after %d", done, total, last)
		}
		steps, last = steps+1, done
		for _, room := range []string{"lobby", "stage"} {
			if _, err := s.Commit(now, storetest.Sends(room, committed, 10)); err != nil {
				t.Error(err)
			}
		}
		committed += 10
	}
	if err := Backup(context.Background(), database, path, false, commit); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Fatalf("it takes the place of another: %v", err)
	}
	if err := Backup(context.Background(), database, path, true, commit); err != nil {
		t.Fatal(err)
	}
	if steps < 5 {
		t.Errorf("%d steps", steps)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"backup.db"}) {
		t.Errorf("the folder holds %q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if got := head(t, s, "lobby"); got != int64(committed) {
		t.Errorf("head %d, want %d", got, committed)
	}

	backup := mustOpen(t, path)
	if got := head(t, backup, "lobby"); got != before {
		t.Errorf("the backup's head is %d, want %d", got, before)
	}
	if got := head(t, backup, "stage"); got != 0 {
		t.Errorf("the backup holds %d messages of a later room", got)
	}
	if got := mustPage(t, backup, "lobby").Epoch; got != epoch {
		t.Errorf("the backup's epoch is %q, want %q", got, epoch)
	}
	if err := checkPages(context.Background(), backup.writer); err != nil {
		t.Error(err)
	}
}

// TestBackupThatIsRead checks that reading a backup leaves no file beside it, and that the next backup may replace it.
func TestBackupThatIsRead(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	database, path := filepath.Join(t.TempDir(), "hallway.db"), filepath.Join(dir, "backup.db")
	if _, err := mustOpen(t, database).Commit(now, storetest.Sends("lobby", 0, 3)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Backup(ctx, database, path, true, nil); err != nil {
			t.Fatal(err)
		}
		if err := Check(ctx, path, func(text string) { t.Error(text) }, nil); err != nil {
			t.Error(err)
		}
		if err := Export(ctx, path, "u_1", io.Discard); err != nil {
			t.Error(err)
		}
		if _, err := Restore(ctx, path, filepath.Join(t.TempDir(), "hallway.db"), false, now, nil); err != nil {
			t.Error(err)
		}
		if got := list(t, dir); !slices.Equal(got, []string{"backup.db"}) {
			t.Errorf("the folder holds %q", got)
		}
	}
}

func mustPage(t *testing.T, s *Store, room string) (page struct {
	Epoch string
	Head  int64
}) {
	t.Helper()
	p, err := s.Page(context.Background(), room, "", rules.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	page.Epoch, page.Head = p.Epoch, p.Head
	return page
}

func TestBackupThatIsEnded(t *testing.T) {
	database := filepath.Join(t.TempDir(), "hallway.db")
	s := mustOpen(t, database)
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 5000)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err := Backup(ctx, database, filepath.Join(dir, "backup.db"), false, func(int, int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Backup: %v", err)
	}
	if got := list(t, dir); len(got) != 0 {
		t.Errorf("the folder holds %q", got)
	}
	if _, err := s.Commit(now, storetest.Sends("lobby", 5000, 1)); err != nil {
		t.Error(err)
	}
}

func TestBackupRefuses(t *testing.T) {
	dir := t.TempDir()
	database := filepath.Join(dir, "hallway.db")
	s := mustOpen(t, database)
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(database, link); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"itself":          {database, "a database in use"},
		"itself, by link": {link, "a database in use"},
		"its log":         {database + "-wal", "a database in use"},
		"its log's index": {database + "-shm", "a database in use"},
		"its lock":        {database + ".lock", "a database in use"},
		"a folder":        {dir, "is a directory"},
		"no folder":       {filepath.Join(dir, "none", "backup.db"), "no such file or directory"},
		"no path":         {"", "the path is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Backup(context.Background(), database, c.path, true, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Backup: %v, want %q", err, c.want)
			}
		})
	}
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, 1)); err != nil {
		t.Error(err)
	}
}

// TestForeignDatabases checks that a database that no relay has made is not copied, checked, exported or erased from,
// and stays unchanged, even if a relay opens it.
func TestForeignDatabases(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	empty, other := filepath.Join(dir, "empty.db"), filepath.Join(dir, "other.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db := connect(other, 1, nil)
	if _, err := db.Exec(`CREATE TABLE accounts (id TEXT); INSERT INTO accounts VALUES ('a')`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{empty, other} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, restored := Restore(ctx, path, filepath.Join(dir, "new.db"), false, now, nil)
		_, erased := Erase(ctx, path, "u_1", now, nil)
		for name, err := range map[string]error{
			"backup":  Backup(ctx, path, filepath.Join(dir, "copy.db"), false, nil),
			"check":   Check(ctx, path, func(text string) { t.Errorf("check of %s finds %q", path, text) }, nil),
			"export":  Export(ctx, path, "u_1", io.Discard),
			"restore": restored,
			"erase":   erased,
		} {
			if !errors.Is(err, errForeign) || !errors.As(err, new(NotBegunError)) {
				t.Errorf("%s of %s: %v", name, path, err)
			}
		}
		if path == other {
			wantRefused(t, path, "it is not the database of a relay")
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
			t.Errorf("%s was changed, %v", path, err)
		}
	}
	if got := list(t, dir); slices.Contains(got, "new.db") || slices.Contains(got, "copy.db") {
		t.Errorf("the folder holds %q", got)
	}
}
