package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"time"
)

// reloadEvery is the time between two checks of files that may change. A SIGHUP causes a check at once, if the system
// has that signal.
const reloadEvery = 5 * time.Second

// A watch reloads some small files, all together, when one of them changes.
type watch struct {
	what  string // for the log
	paths []string
	// take uses the new contents. After an error it still uses the old ones.
	take func(contents [][]byte) error
	// private holds the files that only the relay should read, by the flag that names them.
	private map[string]string

	last   [][]byte
	failed string // the error that was logged last
}

// watchFiles looks at the files of watches until ctx ends. After a hangup it looks at once, and calls reload.
func watchFiles(ctx context.Context, log *slog.Logger, hangups <-chan os.Signal, reload func(), watches ...*watch) {
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	for _, w := range watches {
		w.warnOfAccess(log)
	}
	for {
		select {
		case <-tick.C:
		case <-hangups:
			reload()
		case <-ctx.Done():
			return
		}
		for _, w := range watches {
			w.look(log)
		}
	}
}

func (w *watch) look(log *slog.Logger) {
	contents := make([][]byte, len(w.paths))
	var err error
	for i, path := range w.paths {
		if contents[i], err = os.ReadFile(path); err != nil {
			break
		}
	}
	if err == nil {
		if w.same(contents) {
			return
		}
		err = w.take(contents)
	}
	switch first := w.last == nil; {
	case err == nil:
		w.last, w.failed = contents, ""
		if !first { // or it is what the relay began with
			log.Info("taken over anew", "what", w.what)
			w.warnOfAccess(log)
		}
	case err.Error() != w.failed:
		w.failed = err.Error()
		log.Error("cannot be taken over anew; what was in use stays so", "what", w.what, "error", err)
	}
}

// warnOfAccess warns of private files that every user of the machine may read or change.
func (w *watch) warnOfAccess(log *slog.Logger) {
	for flag, path := range w.private {
		if openToAll(path) {
			log.Warn("everybody on this machine may read or change this file: take the rights away (chmod o-rw)", "flag", flag, "path", path)
		}
	}
}

func (w *watch) same(contents [][]byte) bool {
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
