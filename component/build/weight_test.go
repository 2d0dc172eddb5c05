package main

import (
	"strings"
	"testing"
)

// weight is kept out of the browser build, each with its reason. An entry that ends in / bans what is below it.
var weight = map[string]string{
	"crypto/":                     "the browser has TLS and randomness; what these set up at the start costs hundreds of kilobytes",
	"database/":                   "storage is IndexedDB",
	"github.com/gobwas/":          "the browser frames WebSockets",
	"github.com/gofiber/":         "the relay's",
	"github.com/mattn/":           "the relay's",
	"go/":                         "nothing reads Go sources in a browser",
	"hallway/relay/":              "the other side of the wire",
	"hallway/store":               "the other side of the wire",
	"html/template":               "the view builds nodes, never markup",
	"math/big":                    "comes with the cryptography of the real net/http",
	"mime/multipart":              "comes with the real net/http: the overlay got lost",
	"net":                         "sockets are the browser's",
	"net/http/httptrace":          "comes with the real net/http: the overlay got lost",
	"net/textproto":               "comes with the real net/http: the overlay got lost",
	"os/exec":                     "a page starts no programs",
	"regexp":                      "compiles at the start; scanning by hand is smaller and faster",
	"testing":                     "test code in what ships",
	"text/template":               "the view builds nodes, never markup",
	"vendor/golang.org/x/crypto/": "comes with the cryptography of the real net/http",
}

// TestBrowserBuildIsLight looks at what the browser build is made of, with its overlay in place.
func TestBrowserBuildIsLight(t *testing.T) {
	tool, err := findToolchain()
	if err != nil {
		t.Fatal(err)
	}
	path, remove, err := writeOverlay(tool)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	out, err := output(browserGo(tool, "list", "-deps", "-overlay", path, "./component/wasm"))
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range strings.Fields(out) {
		if why := heavy(pkg); why != "" {
			t.Errorf("the browser build has %s: %s (go list -deps, go mod why -m and `go list -json` tell how it got in)", pkg, why)
		}
	}
}

// heavy says why a package must not be in the browser build; empty where it may.
func heavy(pkg string) string {
	for entry, why := range weight {
		if pkg == entry || strings.HasSuffix(entry, "/") && strings.HasPrefix(pkg, entry) {
			return why
		}
	}
	return ""
}

func TestHeavyBites(t *testing.T) {
	for pkg, want := range map[string]bool{"net": true, "net/url": false, "crypto/tls": true, "regexp/syntax": false, "hallway/relay/hub": true} {
		if got := heavy(pkg) != ""; got != want {
			t.Errorf("heavy(%q) = %v, want %v", pkg, got, want)
		}
	}
}
