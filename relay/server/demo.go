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

// Demo is what `hallway serve --demo` adds. It gives tokens to whoever asks and
// is for loopback addresses only.
type Demo struct {
	Files  fs.FS // served at /, index.html first
	Keeper *auth.Keeper
}

const (
	demoTokenFor = time.Hour
	demoName     = "Guest"
	demoRoom     = "lobby"

	// demoCSP is the policy that a host page of Hallway can have.
	demoCSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
		"font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'self'; require-trusted-types-for 'script'"
)

// contentTypes has what a page of the demo consists of. The system's own table
// is not asked: a wrong type there would keep the WebAssembly from streaming.
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

// demo adds a route for each file, so that all other paths stay unknown. A file
// with .br after its name is the same compressed, and has no route of its own.
func (s *Server) demo(d *Demo) error {
	s.app.Post("/demo/token", func(c *fiber.Ctx) error { return s.demoToken(c, d.Keeper) })
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
		s.app.Get("/"+name, serve)
		if folder, file := path.Split(name); file == "index.html" {
			s.app.Get("/"+folder, serve)
		}
		return nil
	})
}

// hashed is the name of a file that is another one when its content is.
var hashed = regexp.MustCompile(`\.[0-9a-f]{16}\.[a-z]+$`)

// demoFile is a file of the demo.
type demoFile struct {
	kind, cache   string
	plain, brotli []byte // brotli is nil where the file was not compressed
}

// handler answers with the file, compressed for whoever takes that. A browser
// asks for it anew each time, and gets it only when it has changed, unless the
// name tells.
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

// takesBrotli says whether the asking client names brotli; one that names
// nothing may be anything.
func takesBrotli(c *fiber.Ctx) bool {
	return c.Get(fiber.HeaderAcceptEncoding) != "" && c.AcceptsEncodings("br") == "br"
}

// demoToken gives out a token for the user and room asked for. A name is always
// the same user.
func (s *Server) demoToken(c *fiber.Ctx, k *auth.Keeper) error {
	// A page elsewhere may point its own name at this address and ask as if of
	// the same origin (DNS rebinding); the Host tells.
	if !loopbackHost(hostOf(c)) || !s.originAllowed(c) {
		return refuse(protocol.CodeForbidden, "the demo is for this machine only")
	}
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
		return refuse(protocol.CodeBadRequest, "this is no valid name for a room")
	}
	sum := sha256.Sum256([]byte(ask.Name))
	token, err := k.Issue(auth.Claims{
		Sub:   "demo-" + hex.EncodeToString(sum[:6]),
		Name:  ask.Name,
		Role:  role,
		Rooms: auth.Rooms{{Pattern: ask.Room, Role: role}},

		IssuedAt: s.now(),
	}, s.now().Add(k.Longest(demoTokenFor)))
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
