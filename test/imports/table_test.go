package imports_test

// rule lists the imports of one package of ours.
type rule struct {
	ours    []string // packages of this module, without its name
	foreign bool     // the package may import any other module
	known   []string // packages of other modules that it may import although foreign is false
	pure    bool     // neither I/O nor clock nor randomness: see impureImports and impureCalls
}

// standIns holds the stand-ins for packages of the standard library in the browser build: one rule for all.
const standIns = "component/build/overlay"

// table has a row for every package outside test/; packages in test/ may import everything. If a package is missing, the test fails: decide what
// it may import, and write that here and in ARCHITECTURE.md.
var table = map[string]rule{
	"protocol":        {pure: true},
	"e2ee":            {ours: []string{"protocol"}, pure: true},
	"e2ee/devicetest": {ours: []string{"protocol", "e2ee"}},

	"e2ee/native": {ours: []string{"protocol", "e2ee"}},

	"component/client":            {ours: []string{"protocol"}, pure: true},
	"component/client/step":       {ours: []string{"protocol", "component/client"}, pure: true},
	"component/client/timeline":   {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/connection": {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/outbox":     {ours: []string{"protocol", "e2ee", "component/client", "component/client/step"}, pure: true},
	"component/client/catchup":    {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/request":    {ours: []string{"protocol", "component/client", "component/client/step"}, pure: true},
	"component/client/lock":       {ours: []string{"protocol", "e2ee", "component/client", "component/client/step"}, pure: true},
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
	"relay/reload":      {},
	"relay/system":      {},
	"relay/certificate": {ours: []string{"relay/reload"}, known: []string{
		"github.com/caddyserver/certmagic", "github.com/mholt/acmez/v3", "go.uber.org/zap", "go.uber.org/zap/zapcore",
	}},
	"relay/secret": {ours: []string{"relay/auth", "relay/reload"}},
	"relay/place":  {ours: []string{"relay/rules", "files", "files/disk", "files/s3", "files/intake"}},
	"relay": {
		// keeper is another command of the same program. It speaks to relays over the wire, and no package of the relay knows it.
		ours: []string{
			"protocol", "relay/guard", "relay/bus", "relay/hub", "relay/auth", "relay/engine", "relay/server", "relay/bus/nats", "relay/rules",
			"relay/certificate", "relay/secret", "relay/reload", "relay/system", "relay/place",
			"store/sqlite", "store/postgres", "files", "files/disk", "files/scan", "files/intake", "files/apart", "files/collect", "examples/demo", "keeper",
		},
		foreign: true,
	},

	"store/postgres":  {ours: []string{"protocol", "relay/rules", "store/column", "store/row", "store/vault", "store/word"}, foreign: true},
	"store/sqlite":    {ours: []string{"protocol", "relay/rules", "store/column", "store/row", "store/vault", "store/word"}, foreign: true},
	"store/memory":    {ours: []string{"protocol", "relay/rules", "store/word"}},
	"store/storetest": {ours: []string{"protocol", "e2ee/devicetest", "relay/rules", "store/memory"}, foreign: true},
	"store/vault":     {ours: []string{"protocol", "relay/rules", "store/row"}},
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

// impureImports lists the packages that a pure package must not import, each with its reason.
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

// impureCalls lists the functions that a pure package must not call: it gets the time with each event, and only the shell waits.
var impureCalls = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
}
