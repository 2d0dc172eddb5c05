// Package http stands in for the standard net/http in the browser build, through `go build -overlay` (see component/build).
//
// It declares the names that the browser build's dependencies use in code that does not run in a browser: go-app's server side
// and nhooyr.io/websocket's signatures. A call panics or returns an error, and never returns a wrong result. The chat uses the
// browser's fetch for HTTP.
package http

import (
	"errors"
	"io"
	"net/url"
)

const reached = "net/http is not part of the browser build: use fetch"

// The constants that dependencies use.
const (
	MethodGet = "GET"

	StatusSwitchingProtocols  = 101
	StatusOK                  = 200
	StatusNotModified         = 304
	StatusNotFound            = 404
	StatusInternalServerError = 500
)

// Header is a name that dependencies use. Its methods panic.
type Header map[string][]string

// Get panics.
func (Header) Get(string) string { panic(reached) }

// Set panics.
func (Header) Set(string, string) { panic(reached) }

// Request is a name that handlers use.
type Request struct {
	URL    *url.URL
	Header Header
	Host   string
	TLS    *struct{}
}

// Response is the second result of nhooyr.io/websocket's Dial. It has only the StatusCode.
type Response struct {
	StatusCode int
	Header     Header
	Body       io.ReadCloser
}

// ResponseWriter is a name that handlers use.
type ResponseWriter interface {
	Header() Header
	Write([]byte) (int, error)
	WriteHeader(status int)
}

// Handler is a name that go-app uses.
type Handler interface {
	ServeHTTP(ResponseWriter, *Request)
}

// Dir is a name that go-app uses.
type Dir string

// FileServer panics.
func FileServer(Dir) Handler { panic(reached) }

// NotFound panics.
func NotFound(ResponseWriter, *Request) { panic(reached) }

// Get always fails.
func Get(string) (*Response, error) { return nil, errors.New(reached) }
