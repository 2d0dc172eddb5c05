// Package reload watches small files that may change while the relay runs, such as certificates and secrets, and passes
// their new contents to the part that uses them. The main type is [Watch]; a new kind of file is one more Watch, made
// by the package that uses it. The package must not know the meaning of the contents.
package reload

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"time"
)

// every is the time between two checks of the files. A SIGHUP causes a check at once, if the system has that signal.
const every = 5 * time.Second

// A Watch reads some small files again, all together, when one of them changes.
type Watch struct {
	What  string // names the contents in the log
	Paths []string
	// Take applies the new contents. After an error the old contents stay in use.
	Take func(contents [][]byte) error
	// Private holds the paths of files that only the relay should read, by the flag that names each.
	Private map[string]string

	last   [][]byte
	failed string // the last logged error
}

// Run checks the files of the watches until ctx ends. After a hangup it checks them at once, and calls hungUp.
func Run(ctx context.Context, log *slog.Logger, hangups <-chan os.Signal, hungUp func(), watches ...*Watch) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for _, w := range watches {
		w.warnOfAccess(log)
	}
	for {
		select {
		case <-tick.C:
		case <-hangups:
			hungUp()
		case <-ctx.Done():
			return
		}
		for _, w := range watches {
			w.Check(log)
		}
	}
}

// Check reads the files, and passes on their contents if a file has changed. It logs each error once.
func (w *Watch) Check(log *slog.Logger) {
	contents := make([][]byte, len(w.Paths))
	var err error
	for i, path := range w.Paths {
		if contents[i], err = os.ReadFile(path); err != nil {
			break
		}
	}
	if err == nil {
		if w.same(contents) {
			return
		}
		err = w.Take(contents)
	}
	switch first := w.last == nil; {
	case err == nil:
		w.last, w.failed = contents, ""
		if !first { // the relay started with the first contents
			log.Info("contents reloaded", "what", w.What)
			w.warnOfAccess(log)
		}
	case err.Error() != w.failed:
		w.failed = err.Error()
		log.Error("contents cannot be reloaded; the old ones stay in use", "what", w.What, "error", err)
	}
}

// warnOfAccess warns of private files that every user of the machine may read or write.
func (w *Watch) warnOfAccess(log *slog.Logger) {
	for flag, path := range w.Private {
		if openToAll(path) {
			log.Warn("everybody on this machine may read or change this file: take the rights away (chmod o-rw)", "flag", flag, "path", path)
		}
	}
}

func (w *Watch) same(contents [][]byte) bool {
	if len(w.last) != len(contents) {
		return false
	}
	for i := range contents {
		if !bytes.Equal(w.last[i], contents[i]) {
			return false
		}
	}
	return true
}
