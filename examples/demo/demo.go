// Package demo is the page of `hallway serve --demo`: an organizer's and a participant's chat side by side, with the built npm
// package that `make wasm` writes to dist/. [Files] holds the page. To show something new, change index.html and demo.js; demo.go
// embeds every file of the folder. The package must not know the relay.
package demo

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed *.html *.css *.js *.svg all:dist
var files embed.FS

// Files returns the page, with index.html at its root and the package in dist/. It fails if this program was compiled before
// the package was built.
func Files() (fs.FS, error) { return complete(files) }

func complete(files fs.FS) (fs.FS, error) {
	if _, err := fs.Stat(files, "dist/module.js"); err != nil {
		return nil, errors.New("the browser build is missing: run `make wasm`")
	}
	return files, nil
}
