// Package imports_test enforces the rules of imports: the table of ARCHITECTURE.md, and the purity of the cores. It reads the
// output of the go command and the syntax of our sources. The main type is rule, a row of table. A new package gets a row there,
// and one in ARCHITECTURE.md. The package must not know the behaviour of any package.
package imports_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "hallway/"

// rule lists the imports of one package of ours.
type rule struct {
	ours    []string // packages of this module, without its name
	foreign bool     // it may import any other module
	known   []string // packages of other modules that it may import although foreign is false
	pure    bool     // neither I/O nor clock nor randomness: see impureImports and impureCalls
}

// standIns holds the stand-ins for packages of the standard library in the browser build: one rule for all.
const standIns = "component/build/overlay"

// table has every package outside test/, which may see all. A missing package fails the test: decide what it may know, then
// say so here and in ARCHITECTURE.md.
var table = map[string]rule{
	"protocol":        {pure: true},
	"e2ee":            {ours: []string{"protocol"}, pure: true},
	"e2ee/devicetest": {ours: []string{"protocol", "e2ee"}},

	"e2ee/native": {ours: []string{"protocol", "e2ee"}},

	"component/client":            {ours: []string{"protocol"}, pure: true},
	"component/client/step":       {ours: []string{"protocol", "component/client"}, pure: true},
	"component/client/timeline":   {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/connection": {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/outbox":     {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/catchup":    {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/request":    {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/lock":       {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/upload":     {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/people":     {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/core": {ours: []string{
		"protocol", "e2ee", "component/client", "component/client/step", "component/client/connection", "component/client/catchup",
		"component/client/timeline", "component/client/outbox", "component/client/request", "component/client/upload", "component/client/people", "component/client/lock",
	}, pure: true},

	"component/driver": {ours: []string{"protocol", "component/client", "component/client/core"}, foreign: true},
	"component/vault":  {ours: []string{"protocol", "e2ee", "component/client"}},
	"component/view": {
		ours: []string{
			"protocol", "component/client", "component/view/composer", "component/view/log", "component/view/media", "component/view/overlay",
			"component/view/action", "component/view/text", "component/view/markup", "component/view/dom",
		},
		foreign: true,
	},
	"component/view/composer": {
		ours: []string{
			"protocol", "component/client", "component/view/log", "component/view/media", "component/view/action", "component/view/text",
			"component/view/markup", "component/view/dom",
		},
		foreign: true,
	},
	"component/view/log": {
		ours: []string{
			"protocol", "component/client", "component/view/media", "component/view/action", "component/view/text", "component/view/markup", "component/view/dom",
		},
		foreign: true,
	},
	"component/view/media": {
		ours:    []string{"protocol", "component/client", "component/view/action", "component/view/text", "component/view/dom"},
		foreign: true,
	},
	"component/view/overlay": {
		ours: []string{
			"protocol", "component/client", "component/view/action", "component/view/text", "component/view/markup", "component/view/dom",
		},
		foreign: true,
	},
	"component/view/markup": {pure: true},
	"component/view/text":   {ours: []string{"protocol", "component/client", "component/view/markup"}, foreign: true},
	"component/view/dom":    {ours: []string{"component/view/markup"}, foreign: true},
	"component/view/action": {
		ours:    []string{"protocol", "component/client", "component/view/text", "component/view/dom"},
		foreign: true,
	},
	"component/wasm":                  {ours: []string{"protocol", "e2ee", "component/client", "component/driver", "component/vault", "component/view", "component/view/composer"}, foreign: true},
	standIns:                          {},
	"component/build":                 {ours: []string{"component/build/shrink"}, known: []string{"github.com/evanw/esbuild/pkg/api", "github.com/andybalholm/brotli"}},
	"component/build/shrink":          {known: []string{"github.com/bluekeyes/go-gitdiff/gitdiff"}},
	"component/build/shrink/toolexec": {},

	"component/driver/storagetest": {ours: []string{"protocol", "component/client", "component/driver"}},

	"keeper": {ours: []string{"protocol", "e2ee", "e2ee/native", "component/client", "component/driver", "component/vault"}},

	// The limiter takes the time as an input, as the hub does.
	"relay/guard":       {ours: []string{"protocol"}, known: []string{"golang.org/x/time/rate"}, pure: true},
	"relay/rules":       {ours: []string{"protocol", "e2ee"}, pure: true},
	"relay/hub":         {ours: []string{"protocol", "relay/guard", "relay/rules", "relay/bus", "relay/presence"}, pure: true},
	"relay/bus":         {ours: []string{"protocol"}, pure: true},
	"relay/presence":    {ours: []string{"relay/bus"}, pure: true},
	"relay/bus/memory":  {ours: []string{"relay/bus"}, pure: true},
	"relay/bus/nats":    {ours: []string{"relay/bus"}, foreign: true},
	"relay/bus/bustest": {ours: []string{"protocol", "relay/bus"}},
	"relay/auth":        {ours: []string{"protocol", "relay/bus", "relay/guard", "relay/rules", "relay/hub"}, foreign: true},
	"relay/conn":        {ours: []string{"protocol", "relay/guard", "relay/hub"}, foreign: true},
	"relay/engine":      {ours: []string{"protocol", "relay/rules", "relay/bus", "relay/hub", "relay/conn"}, foreign: true},
	"relay/relaytest":   {ours: []string{"protocol", "relay/bus", "relay/rules", "relay/hub"}, foreign: true},
	"relay/server":      {ours: []string{"protocol", "relay/guard", "relay/rules", "relay/bus", "relay/hub", "relay/conn", "relay/auth", "files", "files/intake", "files/media"}, foreign: true},
	"relay": {
		// keeper is another command of the same program. It speaks to relays over the wire, and no package of the relay knows it.
		ours: []string{
			"protocol", "relay/guard", "relay/bus", "relay/hub", "relay/conn", "relay/auth", "relay/engine", "relay/server", "relay/bus/nats", "relay/rules",
			"store/sqlite", "store/postgres", "files", "files/disk", "files/s3", "files/scan", "files/intake", "files/apart", "files/collect", "examples/demo", "keeper",
		},
		foreign: true,
	},

	"store/postgres":  {ours: []string{"protocol", "relay/rules", "store/column", "store/row", "store/vault", "store/word"}, foreign: true},
	"store/sqlite":    {ours: []string{"protocol", "relay/rules", "store/column", "store/row", "store/vault", "store/word"}, foreign: true},
	"store/memory":    {ours: []string{"protocol", "relay/rules", "store/word"}},
	"store/storetest": {ours: []string{"protocol", "e2ee/devicetest", "relay/rules", "store/memory"}, foreign: true},
	"store/vault":     {ours: []string{"protocol", "relay/rules"}},
	"store/column":    {ours: []string{"protocol"}},
	"store/row":       {ours: []string{"protocol", "relay/rules"}},
	"store/word":      {known: []string{"golang.org/x/text/unicode/norm"}, pure: true},

	"files":               {},
	"files/disk":          {ours: []string{"files"}},
	"files/s3":            {ours: []string{"files"}, foreign: true},
	"files/filestest":     {ours: []string{"files"}},
	"files/media":         {known: []string{"golang.org/x/image/draw", "golang.org/x/image/webp"}},
	"files/scan":          {},
	"files/scan/scantest": {},
	"files/intake":        {ours: []string{"files", "files/media", "files/scan"}},
	"files/apart":         {ours: []string{"files/intake", "files/media"}, foreign: true},
	"files/collect":       {ours: []string{"files", "files/intake"}},

	"examples/demo": {},
}

// impureImports are closed to a pure package, each with its reason.
var impureImports = map[string]string{
	"crypto/rand":   "randomness is handed in, so that a run can be replayed from its seed",
	"math/rand":     "randomness is handed in, so that a run can be replayed from its seed",
	"math/rand/v2":  "randomness is handed in, so that a run can be replayed from its seed",
	"database/sql":  "the shell stores",
	"log":           "a core reports by what it returns",
	"log/slog":      "a core reports by what it returns",
	"net":           "the shell owns the sockets",
	"net/http":      "the shell owns the sockets",
	"os":            "the shell owns files, environment and signals",
	"os/signal":     "the shell owns files, environment and signals",
	"runtime/debug": "a core does not tune its process",
	"syscall":       "the shell owns the machine",
	"syscall/js":    "the same core runs outside the browser",
	"unsafe":        "nothing in a core needs it",
}

// impureCalls are closed to a pure package: time comes in with each event, waiting is the shell's.
var impureCalls = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
}

// listed holds the fields of a package in `go list -json`.
type listed struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Standard     bool
	Error        *struct{ Err string }
}

// goList runs `go list` at the module's root.
func goList(t *testing.T, env []string, args ...string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", "-json"}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list %s: %v", strings.Join(args, " "), err)
		}
		packages = append(packages, p)
	}
}

const root = "../.."

var (
	host    = []string(nil)
	browser = []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0"}
)

// ours lists the packages of this module, as the host and the browser build see them. A file of one platform counts with that
// platform only, so a package may come twice.
func ours(t *testing.T) []listed {
	t.Helper()
	return append(goList(t, host, "./..."), goList(t, browser, "./...")...)
}

func isOurs(path string) bool { return strings.HasPrefix(path, module) }

// isForeign reports whether a path is of another module: its first element is a host name.
func isForeign(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func TestImportsFollowTheTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range ours(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if strings.HasPrefix(name, "test/") {
			continue
		}
		seen[name] = true
		rule, ok := table[name]
		if strings.HasPrefix(name, standIns) {
			rule, ok = table[standIns], true
		}
		if !ok {
			t.Errorf("%s is not in the import table: decide what it may know and add it there", name)
			continue
		}
		for _, path := range p.Imports {
			if why := rule.refuses(path); why != "" {
				t.Errorf("%s must not import %s: %s", name, path, why)
			}
		}
	}
	for name := range table {
		if !seen[name] {
			t.Errorf("%s is in the import table, but there is no such package", name)
		}
	}
}

// refuses says why a package under this rule must not import the path; "" if it may.
func (r rule) refuses(path string) string {
	switch {
	case isOurs(path):
		if !slices.Contains(r.ours, strings.TrimPrefix(path, module)) {
			return fmt.Sprintf("of ours it may know only [%s]", strings.Join(r.ours, " "))
		}
	case isForeign(path):
		if !r.foreign && !slices.Contains(r.known, path) {
			return "the standard library only"
		}
	case r.pure:
		return impureImports[path]
	}
	return ""
}

// TestSidesAreStrangersInTheirTestsToo checks that only test/ and examples/ see both the component and the relay.
func TestSidesAreStrangersInTheirTestsToo(t *testing.T) {
	sides := map[string][]string{
		"component/": {"relay", "store"},
		"relay":      {"component"},
		"store":      {"component"},
		"keeper":     {"relay", "store"},
	}
	for _, p := range ours(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for side, strangers := range sides {
			if !strings.HasPrefix(name, side) {
				continue
			}
			for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
				other, _, _ := strings.Cut(strings.TrimPrefix(path, module), "/")
				if isOurs(path) && slices.Contains(strangers, other) {
					t.Errorf("%s must not import %s, not even in a test: what needs both sides lives in test/", name, path)
				}
			}
		}
	}
}

func TestPurePackagesCallNoClock(t *testing.T) {
	for name, rule := range table {
		if !rule.pure {
			continue
		}
		for _, file := range sources(t, filepath.Join(root, name)) {
			for _, call := range forbiddenCalls(t, file) {
				t.Errorf("%s: a pure package takes time as an input", call)
			}
		}
	}
}

// sources lists the Go files of a directory without its tests, for all build constraints.
func sources(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	if len(files) == 0 {
		t.Errorf("%s has no Go files", dir)
	}
	return files
}

// forbiddenCalls finds every mention of a function of impureCalls, called or handed on, as "place: package.Function".
func forbiddenCalls(t *testing.T, file string) []string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // the name in this file → the import path
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = path
	}
	var found []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(impureCalls[names[pkg.Name]], selector.Sel.Name) {
			found = append(found, fmt.Sprintf("%s: %s.%s", set.Position(n.Pos()), pkg.Name, selector.Sel.Name))
		}
		return true
	})
	return found
}

// TestTheRulesBite makes sure that the checks above can fail.
func TestTheRulesBite(t *testing.T) {
	for _, c := range []struct {
		from, path string
		refused    bool
	}{
		{"protocol", "encoding/json", false},
		{"protocol", "github.com/google/uuid", true},
		{"component/client", "hallway/protocol", false},
		{"component/client", "syscall/js", true},
		{"component/driver", "hallway/component/view", true},
		{"component/driver", "nhooyr.io/websocket", false},
		{"relay/hub", "math/rand/v2", true},
		{"relay/conn", "hallway/store/sqlite", true},
		{"relay", "hallway/examples/demo", false},
		{"store/sqlite", "hallway/examples/demo", true},
		{"relay", "hallway/keeper", false},
		{"relay", "hallway/component/driver", true},
		{"relay/server", "hallway/keeper", true},
		{"keeper", "hallway/relay/hub", true},
	} {
		if why := table[c.from].refuses(c.path); (why != "") != c.refused {
			t.Errorf("%s importing %s: refused with %q, want refused = %v", c.from, c.path, why, c.refused)
		}
	}

	file := filepath.Join(t.TempDir(), "core.go")
	source := "package core\n\nimport clock \"time\"\n\nvar now = clock.Now\n\nfunc wait() { clock.Sleep(clock.Second) }\n"
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := forbiddenCalls(t, file); len(found) != 2 {
		t.Errorf("found %q, want clock.Now and clock.Sleep", found)
	}
}
