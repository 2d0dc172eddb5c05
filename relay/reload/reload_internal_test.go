package reload

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// fixture is a watch of two files, with the contents that it has taken and its log.
type fixture struct {
	*testing.T
	*Watch
	taken  []string
	fails  error // returned by Take
	log    *slog.Logger
	logged bytes.Buffer
}

func newFixture(t *testing.T) *fixture {
	folder := t.TempDir()
	f := &fixture{T: t}
	f.log = slog.New(slog.NewTextHandler(&f.logged, nil))
	f.Watch = &Watch{What: "the test's files", Paths: []string{filepath.Join(folder, "a"), filepath.Join(folder, "b")}}
	f.Take = func(contents [][]byte) error {
		f.taken = append(f.taken, string(bytes.Join(contents, []byte("+"))))
		return f.fails
	}
	f.write(0, "one")
	f.write(1, "two")
	f.Check(f.log)
	return f
}

func (f *fixture) write(file int, content string) {
	f.Helper()
	if err := os.WriteFile(f.Paths[file], []byte(content), 0o600); err != nil {
		f.Fatal(err)
	}
}

// want checks the taken contents, after a second Check that must not take them again.
func (f *fixture) want(contents ...string) {
	f.Helper()
	if f.Check(f.log); !slices.Equal(f.taken, contents) {
		f.Errorf("taken: %q, want %q", f.taken, contents)
	}
}

// TestCheck checks that all contents are taken together, once for each change, and that each change is logged, except the
// first contents.
func TestCheck(t *testing.T) {
	f := newFixture(t)
	f.want("one+two")
	if f.logged.Len() > 0 {
		t.Errorf("the first contents are logged: %s", &f.logged)
	}
	f.write(1, "three")
	f.Check(f.log)
	f.want("one+two", "one+three")
	if n := strings.Count(f.logged.String(), "contents reloaded"); n != 1 {
		t.Errorf("logged %d times: %s", n, &f.logged)
	}
}

// TestErrorsAreLoggedOnce checks that the log has an error once while it repeats, and that Take is retried.
func TestErrorsAreLoggedOnce(t *testing.T) {
	f := newFixture(t)
	f.fails = errors.New("of no use")
	f.write(0, "four")
	f.Check(f.log)
	f.Check(f.log)
	f.fails = nil
	f.Check(f.log)
	f.want("one+two", "four+two", "four+two", "four+two")
	if err := os.Remove(f.Paths[1]); err != nil {
		t.Fatal(err)
	}
	f.Check(f.log)
	f.want("one+two", "four+two", "four+two", "four+two")
	if log := f.logged.String(); strings.Count(log, "of no use") != 1 || strings.Count(log, "level=ERROR") != 2 {
		t.Errorf("logged: %s", log)
	}
}

// TestRun checks that files are checked periodically, and at once after a hangup.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		ctx, cancel := context.WithCancel(t.Context())
		hangups, calls, ended := make(chan os.Signal), 0, make(chan struct{})
		go func() {
			Run(ctx, f.log, hangups, func() { calls++ }, f.Watch)
			close(ended)
		}()
		f.write(0, "three")
		hangups <- os.Interrupt
		if synctest.Wait(); calls != 1 || len(f.taken) != 2 {
			t.Errorf("after a hangup: %d calls, taken %q", calls, f.taken)
		}
		f.write(0, "four")
		time.Sleep(every)
		if synctest.Wait(); calls != 1 || len(f.taken) != 3 {
			t.Errorf("after %v: %d calls, taken %q", every, calls, f.taken)
		}
		cancel()
		<-ended
	})
}
