package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/auth"
)

// Demo holds the parts of `hallway serve --demo`. It gives tokens to every caller, so it is only for loopback
// addresses.
type Demo struct {
	Files  fs.FS // served at /, index.html first
	Keeper *auth.Keeper
}

const (
	demoTokenFor = time.Hour
	demoName     = "Guest"
	demoRoom     = "lobby"

	// demoCSP is the policy that a host page of Hallway can have.
	demoCSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; media-src 'self'; " +
		"font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'self'; require-trusted-types-for 'script'"
)

// contentTypes maps the extensions of the demo's files to types. The system's table may be wrong, and with a wrong type
// browsers do not stream WebAssembly.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".ico":   "image/x-icon",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".map":   "application/json",
	".mjs":   "text/javascript; charset=utf-8",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".wasm":  "application/wasm",
	".woff2": "font/woff2",
}

// addTo adds a route for each file, so that all other paths stay unknown. A file with .br after its name is the
// compressed form of another file, and has no route.
func (d *Demo) addTo(app *fiber.App, pages *pages, now func() time.Time) error {
	app.Post("/demo/token", func(c *fiber.Ctx) error {
		// A foreign page may make its own name lead to this address and ask as if from the same origin (DNS rebinding);
		// the Host reveals that.
		if !loopbackHost(hostOf(c)) || !pages.originAllowed(c) {
			return refuse(protocol.CodeForbidden, "the demo is for this machine only")
		}
		return d.token(c, now())
	})
	return fs.WalkDir(d.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read the demo's files: %w", err)
		}
		kind, known := contentTypes[path.Ext(name)]
		if entry.IsDir() || !known {
			return nil
		}
		f := demoFile{kind: kind, cache: "no-cache"}
		if f.plain, err = fs.ReadFile(d.Files, name); err != nil {
			return fmt.Errorf("read the demo's files: %w", err)
		}
		f.brotli, err = fs.ReadFile(d.Files, name+".br")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read the demo's files: %w", err)
		}
		if hashed.MatchString(name) {
			f.cache = "public, max-age=31536000, immutable"
		}
		serve := f.handler()
		app.Get("/"+name, serve)
		if folder, file := path.Split(name); file == "index.html" {
			app.Get("/"+folder, serve)
		}
		return nil
	})
}

// hashed matches the name of a file with a hash of its content.
var hashed = regexp.MustCompile(`\.[0-9a-f]{16}\.[a-z]+$`)

// demoFile is a file of the demo.
type demoFile struct {
	kind, cache   string
	plain, brotli []byte // brotli is nil if there is no compressed file
}

// handler answers with the file, compressed if the browser accepts that. A browser revalidates it each time, unless the
// name has a hash.
func (f demoFile) handler() fiber.Handler {
	sum := sha256.Sum256(f.plain)
	tag := hex.EncodeToString(sum[:16])
	return func(c *fiber.Ctx) error {
		content, etag := f.plain, `"`+tag+`"`
		c.Set(fiber.HeaderContentSecurityPolicy, demoCSP)
		c.Set(fiber.HeaderCacheControl, f.cache)
		if f.brotli != nil {
			c.Vary(fiber.HeaderAcceptEncoding)
			if takesBrotli(c) {
				content, etag = f.brotli, `"`+tag+`-br"`
				c.Set(fiber.HeaderContentEncoding, "br")
			}
		}
		c.Set(fiber.HeaderETag, etag)
		if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), etag) {
			return c.SendStatus(fiber.StatusNotModified)
		}
		c.Set(fiber.HeaderContentType, f.kind)
		c.Response().SetBodyRaw(content)
		return nil
	}
}

// takesBrotli reports whether a request accepts brotli by name.
func takesBrotli(c *fiber.Ctx) bool {
	return c.Get(fiber.HeaderAcceptEncoding) != "" && c.AcceptsEncodings("br") == "br"
}

// token answers with a token for the user and the room of the request. The same name always gives the same user.
func (d *Demo) token(c *fiber.Ctx, now time.Time) error {
	ask := struct{ Name, Role, Room string }{demoName, string(protocol.RoleParticipant), demoRoom}
	body := c.Request().Body()
	if err := json.Unmarshal(body, &ask); len(body) > 0 && err != nil {
		return refuse(protocol.CodeBadRequest, "the body must be a JSON object with the strings name, role and room")
	}
	ask.Name = strings.TrimSpace(ask.Name)
	role := protocol.Role(ask.Role)
	switch {
	case protocol.Blank(ask.Name):
		return refuse(protocol.CodeBadRequest, "the name is empty")
	case !protocol.ValidRoom(ask.Room):
		return refuse(protocol.CodeBadRequest, "this is not a valid room name")
	}
	sum := sha256.Sum256([]byte(ask.Name))
	token, err := d.Keeper.Issue(auth.Claims{
		Sub:   "demo-" + hex.EncodeToString(sum[:6]),
		Name:  ask.Name,
		Role:  role,
		Rooms: auth.Rooms{{Pattern: ask.Room, Role: role}},

		IssuedAt: now,
	}, now.Add(d.Keeper.CapTTL(demoTokenFor)))
	if err != nil {
		return refuse(protocol.CodeBadRequest, err.Error())
	}
	body, err = json.Marshal(map[string]string{"token": token})
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, body)
}

func loopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
