package main

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"hallway/component/build/shrink"
)

// weight lists the packages that are banned from the browser build, with the reasons. An entry that ends in / bans everything below
// it.
var weight = map[string]string{
	"crypto/tls":          "the browser does TLS; its initialisers alone cost hundreds of kilobytes",
	"crypto/x509":         "the browser checks certificates",
	"crypto/internal/":    "comes with the real crypto: its stand-in got lost",
	"database/sql":        "storage is IndexedDB",
	"github.com/gobwas/":  "the browser frames WebSockets",
	"github.com/gofiber/": "the relay's",
	"github.com/mattn/":   "the relay's",
	"go/":                 "nothing reads Go sources in a browser",
	"hallway/relay/":      "the other side of the wire",
	"hallway/store/":      "the other side of the wire",
	"internal/bisect":     "comes with the real internal/godebug: its stand-in got lost",
	"internal/fmtsort":    "comes with the real fmt: its stand-in got lost",
	"math/big":            "comes with the real crypto/rand: its stand-in got lost",
	"mime":                "comes with the real net/http: its stand-in got lost",
	"net/textproto":       "comes with the real net/http: its stand-in got lost",
	"regexp/syntax":       "comes with the real regexp: its stand-in got lost",
	"html/template":       "the view builds nodes, never markup",
	"os/exec":             "a page starts no programs",
	"testing":             "test code in what ships",
	"text/template":       "the view builds nodes, never markup",
}

// weightOfOurs lists further packages that our packages must not import for the browser. go-app and the socket client import them,
// but the linker drops most of their code if our packages do not call it.
var weightOfOurs = map[string]string{
	"crypto/":       "the browser has its own, behind crypto.getRandomValues and crypto.subtle",
	"net":           "sockets are the browser's",
	"net/http":      "HTTP goes through fetch; this is but the stand-in",
	"fmt":           "messages are put together by hand; this is but the stand-in",
	"regexp":        "compiles at the start; scanning by hand is smaller and faster",
	"html":          "the view writes text content, which needs no escaping",
	"database/":     "storage is IndexedDB",
	"compress/":     "the browser decompresses",
	"encoding/json": "the browser reads and writes JSON; the stand-in only writes the errors of go-app",
	"encoding/xml":  "the protocol is JSON",
}

// TestBrowserBuildIsLight checks the packages of the browser build, with its overlay.
func TestBrowserBuildIsLight(t *testing.T) {
	for _, pkg := range browserPackages(t) {
		if why := banned(weight, pkg.ImportPath); why != "" {
			t.Errorf("%s is in the browser build: %s", pkg.ImportPath, why)
		}
		if !strings.HasPrefix(pkg.ImportPath, "hallway/") {
			continue
		}
		for _, path := range pkg.Imports {
			if why := banned(weightOfOurs, path); why != "" {
				t.Errorf("%s must not import %s for the browser: %s", pkg.ImportPath, path, why)
			}
		}
	}
}

// TestTheBansBite checks that the test above can fail.
func TestTheBansBite(t *testing.T) {
	for _, c := range []struct {
		table map[string]string
		path  string
		want  bool
	}{
		{weight, "crypto/tls", true},
		{weight, "crypto/rand", false},
		{weight, "crypto/internal/fips140/aes", true},
		{weight, "hallway/relay/hub", true},
		{weight, "net/url", false},
		{weightOfOurs, "crypto/rand", true},
		{weightOfOurs, "regexp", true},
		{weightOfOurs, "regexp/syntax", false},
	} {
		if got := banned(c.table, c.path) != ""; got != c.want {
			t.Errorf("banned(%q) = %v, want %v", c.path, got, c.want)
		}
	}
}

// banned returns the reason for the ban of a package, or "" if it is not banned.
func banned(table map[string]string, path string) string {
	for entry, why := range table {
		if path == entry || strings.HasSuffix(entry, "/") && strings.HasPrefix(path, entry) {
			return why
		}
	}
	return ""
}

type browserPackage struct {
	ImportPath, Dir  string
	Standard         bool
	GoFiles, Imports []string
}

// browserPackages lists the packages of chat.wasm.
func browserPackages(t *testing.T) []browserPackage {
	t.Helper()
	tool := toolchainUnderTest(t)
	standIns, err := standIns(tool)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := tool.Overlay(t.TempDir(), shrink.All(), standIns)
	if err != nil {
		t.Fatal(err)
	}
	out, err := output(browserGo(tool, "list", "-json=ImportPath,Dir,Standard,GoFiles,Imports", "-deps", "-overlay", overlay, "./component/wasm"))
	if err != nil {
		t.Fatal(err)
	}
	var packages []browserPackage
	for decoder := json.NewDecoder(strings.NewReader(out)); ; {
		var pkg browserPackage
		err := decoder.Decode(&pkg)
		switch {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages = append(packages, pkg)
	}
}
