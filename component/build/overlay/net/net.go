// Package net stands in for the standard net: it declares the names that nhooyr.io/websocket uses for connections. The browser has
// the sockets.
package net

import (
	"errors"
	"time"
)

// Addr is an address of an endpoint.
type Addr interface {
	Network() string
	String() string
}

// Conn is a stream between two endpoints.
type Conn interface {
	Read(b []byte) (n int, err error)
	Write(b []byte) (n int, err error)
	Close() error
	LocalAddr() Addr
	RemoteAddr() Addr
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// ErrClosed is the error of a call on a closed connection.
var ErrClosed = errors.New("use of closed network connection")
