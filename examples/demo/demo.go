// Package demo is the page that `hallway serve --demo` shows: an organizer's and a participant's chat side by side, with the
// built npm package that `make wasm` leaves in dist/. It must not know the relay.
package demo

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed *.html *.css *.js *.svg all:dist
var files embed.FS

// Files gives the page, with index.html at its root and the package in dist/. It fails when the package was not built
// before this program was.
func Files() (fs.FS, error) { return complete(files) }

func complete(files fs.FS) (fs.FS, error) {
	if _, err := fs.Stat(files, "dist/module.js"); err != nil {
		return nil, errors.New("the browser build is missing: run `make wasm`")
	}
	return files, nil
}
