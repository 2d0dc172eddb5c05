package server

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"time"
)

// The body of an upload bypasses the HTTP parser, which would keep all of it in memory. Framing stops after the head;
// the parser gets the head with another name in place of Content-Length, and so a request without a body; the route
// reads the body from the connection.

const (
	// uploadStall bounds the time in which an upload sends nothing.
	uploadStall = 20 * time.Second
	// An upload may take uploadFor, and a second more for each uploadBytes.
	uploadFor   = 30 * time.Second
	uploadBytes = 32 << 10
	// uploadPathMax bounds the path of an upload, in which each byte of a room's name may be escaped.
	uploadPathMax = 512
)

// isUpload reports whether a PUT of the path is an upload: /v1/rooms/{room}/files/{id}.
func isUpload(path string) bool {
	parts := strings.Split(path, "/")
	return len(parts) == 6 && parts[0] == "" && parts[1] == "v1" && parts[2] == "rooms" && parts[4] == "files" && len(path) < uploadPathMax
}

const (
	lengthName = "content-length"
	hiddenName = "hallway-upload" // of the same length
)

// hideLength renames the length header in the head of an upload.
func hideLength(head []byte) {
	for line := range bytes.SplitAfterSeq(head, []byte("\r\n")) {
		if isLength(line) {
			copy(line, hiddenName)
		}
	}
}

// tellsLength reports whether header lines contain a length.
func tellsLength(lines []byte) bool {
	for line := range bytes.SplitAfterSeq(lines, []byte("\r\n")) {
		if isLength(line) {
			return true
		}
	}
	return false
}

func isLength(line []byte) bool {
	return len(line) > len(lengthName) && line[len(lengthName)] == ':' && strings.EqualFold(string(line[:len(lengthName)]), lengthName)
}

// keepPath keeps a byte of the target of a possible upload.
func (f *framing) keepPath(c byte) {
	if f.head.method == "PUT" {
		f.keep(c, uploadPathMax)
	}
}

// uploadBody is the body of an upload whose head was handed on. It belongs to the goroutine that serves the connection.
type uploadBody struct {
	conn  *httpConn
	until time.Time
}

// left returns the number of bytes that follow.
func (b *uploadBody) left() int64 {
	if f := &b.conn.request.framing; f.uploads {
		return int64(f.left)
	}
	return 0
}

// Read implements io.Reader. Its error is errSlow or errBroken.
func (b *uploadBody) Read(p []byte) (int, error) {
	left := b.left()
	if left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), left)]
	r := &b.conn.request
	n := copy(p, r.held)
	var err error
	if n > 0 {
		if r.held = r.held[n:]; len(r.held) == 0 {
			r.held = nil
		}
	} else {
		n, err = b.receive(p)
	}
	if r.framing.left -= uint64(n); r.framing.left == 0 {
		r.framing.end()
	}
	return n, err
}

// receive reads from the connection.
func (b *uploadBody) receive(p []byte) (int, error) {
	now := time.Now()
	if b.until.IsZero() {
		b.until = now.Add(uploadFor + time.Duration(b.left()/uploadBytes)*time.Second)
	}
	deadline := now.Add(uploadStall)
	if b.until.Before(deadline) {
		deadline = b.until
	}
	if err := b.conn.SetReadDeadline(deadline); err != nil {
		return 0, errors.Join(errBroken, err)
	}
	n, err := b.conn.Conn.Read(p)
	if n > 0 {
		b.conn.heard()
		return n, nil
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, errSlow
	}
	return 0, errors.Join(errBroken, err)
}

var (
	// errSlow is the error of an upload that takes too long.
	errSlow = errors.New("the upload takes too long")
	// errBroken is the error of an upload whose connection has ended.
	errBroken = errors.New("the connection has ended")
)
