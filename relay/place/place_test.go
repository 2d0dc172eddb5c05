package place_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hallway/files"
	"hallway/files/disk"
	"hallway/protocol"
	"hallway/relay/place"
	"hallway/relay/rules"
)

const secret = "the secret of a database"

// A database holds rows of files, and the secret of the database.
type database struct {
	rules.Files
	secret string
	rows   []rules.StoredFile
}

func (d *database) FilesName(_ context.Context, proposed string) (string, error) {
	if d.secret == "" {
		d.secret = proposed
	}
	return d.secret, nil
}

func (d *database) FileStats(context.Context) (rules.FileStats, error) {
	return rules.FileStats{Files: int64(len(d.rows))}, nil
}

// each implements [place.Rows].
func (d *database) each(_ context.Context, each func(file rules.StoredFile, all int) error) (string, error) {
	for _, f := range d.rows {
		if err := each(f, len(d.rows)); err != nil {
			return "", err
		}
	}
	return d.secret, nil
}

// add adds the row of a file without thumbnails.
func (d *database) add(room, id, owner, blob, content string) {
	d.rows = append(d.rows, rules.StoredFile{Room: room, File: rules.File{
		File: protocol.File{ID: id, Size: int64(len(content))}, Owner: owner, Blob: blob,
	}})
}

func open(t *testing.T) files.Store {
	t.Helper()
	s, err := place.Open(t.Context(), t.TempDir(), place.Alone)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, s files.Store, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), key, strings.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
}

// content returns the bytes of a blob; "" if it does not exist.
func content(t *testing.T, s files.Store, key string) string {
	t.Helper()
	body, _, err := s.Get(t.Context(), key, 0, -1)
	if errors.Is(err, files.ErrNotFound) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func show(int, int) {}

// TestOpen checks which addresses are refused, and that commands beside a relay open no missing folder.
func TestOpen(t *testing.T) {
	if _, err := place.Open(t.Context(), "ftp://example.org", place.Alone); err == nil {
		t.Error("opened an address of an unknown kind")
	}
	folder := filepath.Join(t.TempDir(), "files")
	if s, err := place.OpenBeside(t.Context(), folder); s != nil || err != nil || !place.Missing(folder) {
		t.Errorf("opened a missing folder: %v, %v", s, err)
	}
	relay, err := disk.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = relay.Close() }()
	if s, err := place.OpenBeside(t.Context(), folder); s == nil || err != nil {
		t.Errorf("beside a relay: %v", err)
	}
	if _, err := place.Open(t.Context(), folder, place.Alone); err == nil {
		t.Error("two relays opened one folder")
	}
}

// TestClaim checks that a place belongs to one database, and that relays that share a database must name the place of its
// files.
func TestClaim(t *testing.T) {
	d, s := &database{}, open(t)
	name, err := place.Claim(t.Context(), d, s, place.Alone)
	if err != nil || name == "" || name != d.secret {
		t.Fatalf("claimed by %q, %v; the secret is %q", name, err, d.secret)
	}
	if again, err := place.Claim(t.Context(), d, s, place.Shared); err != nil || again != name {
		t.Errorf("claimed again by %q, %v", again, err)
	}
	if _, err := place.Claim(t.Context(), &database{}, s, place.Alone); !errors.Is(err, files.ErrForeign) {
		t.Errorf("claimed by another database: %v", err)
	}
	d.add("lobby", "f1", "ada", "aaa", "one")
	if _, err := place.Claim(t.Context(), d, open(t), place.Shared); err == nil {
		t.Error("claimed an empty place for a database with files")
	}
}

// TestCopy checks that missing files are copied, lost ones are counted, and foreign ones are deleted only with Prune.
func TestCopy(t *testing.T) {
	d := &database{secret: secret}
	d.add("lobby", "f1", "ada", "aaa", "one")
	d.add("lobby", "f2", "bob", "bbb", "two")
	d.add("lobby", "f3", "bob", "ccc", "lost")
	from, to := open(t), open(t)
	put(t, from, "aaa", "one")
	put(t, from, "bbb", "two")
	put(t, to, "bbb", "two")
	put(t, to, "ddd", "foreign")
	for _, prune := range []bool{false, true} {
		c := place.Copy{Rows: d.each, From: from, To: to, Prune: prune}
		shown := 0
		lost, err := c.Run(t.Context(), func(done, total int) {
			if shown++; done != shown || total != 3 {
				t.Errorf("shown %d of %d, want %d of 3", done, total, shown)
			}
		})
		if lost != 1 || err != nil || shown != 3 {
			t.Errorf("%d lost, %v; %d shown", lost, err, shown)
		}
		want := map[string]string{"aaa": "one", "bbb": "two", "ccc": "", "ddd": "foreign"}
		if prune {
			want["ddd"] = ""
		}
		for key, want := range want {
			if got := content(t, to, key); got != want {
				t.Errorf("prune %t: %s is %q, want %q", prune, key, got, want)
			}
		}
	}
	if owner, err := files.Owner(t.Context(), to); owner != place.Name(secret) || err != nil {
		t.Errorf("the copy belongs to %q, %v", owner, err)
	}
}

// TestCheck checks the findings about missing bytes and wrong sizes, and that a file that is deleted during the check is
// none.
func TestCheck(t *testing.T) {
	d, s := &database{secret: secret}, open(t)
	d.add("lobby", "f1", "ada", "aaa", "one")
	d.add("lobby", "f2", "ada", "bbb", "longer")
	d.add("hall", "f3", "ada", "ccc", "missing")
	d.add("hall", "f4", "ada", "ddd", "deleted")
	put(t, s, "aaa", "one")
	put(t, s, "bbb", "short")
	var found []string
	check := func(s files.Store) []string {
		t.Helper()
		found = nil
		if err := place.Check(t.Context(), s, d.each, func(text string) { found = append(found, text) }, show); err != nil {
			t.Fatal(err)
		}
		return found
	}
	reads := 0
	all := d.rows
	rows := func(ctx context.Context, each func(rules.StoredFile, int) error) (string, error) {
		if reads++; reads > 1 {
			d.rows = all[:3]
		}
		return d.each(ctx, each)
	}
	err := place.Check(t.Context(), s, rows, func(text string) { found = append(found, text) }, show)
	want := []string{`the file f2 of room "lobby" has 5 bytes in place of 6`, `the file f3 of room "hall" is missing`}
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("found %q, %v; want %q", found, err, want)
	}
	if got := check(nil); len(got) != 3 {
		t.Errorf("without a place: %q", got)
	}
	d.rows = all[:1]
	if got := check(s); got != nil {
		t.Errorf("an intact place: %q", got)
	}
}

// TestExport checks that a user's files, and no others, are written, and that no file is replaced.
func TestExport(t *testing.T) {
	d, s := &database{secret: secret}, open(t)
	d.add("lobby", "f1", "ada", "aaa", "one")
	d.add("lobby", "f2", "bob", "bbb", "two")
	d.add("hall", "f3", "ada", "ccc", "deleted")
	put(t, s, "aaa", "one")
	put(t, s, "bbb", "two")
	folder := filepath.Join(t.TempDir(), "ada")
	if err := place.Export(t.Context(), s, d.each, "ada", folder, show); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 || entries[0].Name() != "lobby~f1" {
		t.Fatalf("exported %v, %v", entries, err)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "lobby~f1")); string(got) != "one" || err != nil {
		t.Errorf("exported %q, %v", got, err)
	}
	if err := place.Export(t.Context(), s, d.each, "ada", folder, show); err == nil {
		t.Error("replaced an exported file")
	}
}
