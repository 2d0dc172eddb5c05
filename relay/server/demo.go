package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"path"
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

// demo adds a route for each file, so that all other paths stay unknown.
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
		content, err := fs.ReadFile(d.Files, name)
		if err != nil {
			return fmt.Errorf("read the demo's files: %w", err)
		}
		serve := serveFile(kind, content)
		s.app.Get("/"+name, serve)
		if folder, file := path.Split(name); file == "index.html" {
			s.app.Get("/"+folder, serve)
		}
		return nil
	})
}

// serveFile answers with content, which a browser asks for anew each time and
// gets only when it has changed.
func serveFile(kind string, content []byte) fiber.Handler {
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:16]) + `"`
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentSecurityPolicy, demoCSP)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		c.Set(fiber.HeaderETag, etag)
		if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), etag) {
			return c.SendStatus(fiber.StatusNotModified)
		}
		c.Set(fiber.HeaderContentType, kind)
		c.Response().SetBodyRaw(content)
		return nil
	}
}

// demoToken gives out a token for the user and room asked for. A name is always
// the same user.
func (s *Server) demoToken(c *fiber.Ctx, k *auth.Keeper) error {
	// A page elsewhere may point its own name at this address and ask as if of
	// the same origin (DNS rebinding); the Host tells.
	if !loopbackHost(string(c.Request().Host())) {
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
	case ask.Name == "":
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
	}, s.now().Add(demoTokenFor))
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
