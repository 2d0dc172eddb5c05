// Package scan asks a scanner whether the bytes of a file are malware: clamd, or a service over HTTP. The main type is
// [Scanner]; [New] makes one by its address.
//
//	tcp://127.0.0.1:3310         clamd, by its command INSTREAM
//	unix:///run/clamav/clamd.sock  likewise
//	https://scan.example.org/…   a POST with the bytes as its body: 2xx means clean, 403 and 406 mean malware
//
// A scanner that is down or slow, or gives an unknown answer, causes an error: bytes that were not scanned never count
// as clean. For another kind of scanner, add the scheme of its address to New.
//
// # What this package must not know
//
// The source of the bytes, and their fate after the scan.
package scan

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Scanner searches for malware.
type Scanner interface {
	// Scan reports whether size bytes of r are clean. Otherwise found is the scanner's name of the malware.
	Scan(ctx context.Context, r io.Reader, size int64) (clean bool, found string, err error)
}

const (
	// timeout bounds a scan, dialTimeout the time until it starts.
	timeout     = 60 * time.Second
	dialTimeout = 5 * time.Second
	// answerBytesMax bounds a scanner's answer.
	answerBytesMax = 4096
	// chunkBytes is the size of the pieces in which clamd gets the bytes.
	chunkBytes = 32 << 10
)

// New returns the scanner at an address.
func New(address string) (Scanner, error) {
	u, err := url.Parse(address)
	wrong := errors.New("the scanner must be as tcp://127.0.0.1:3310, unix:///run/clamd.sock or https://scan.example.org/")
	if err != nil {
		return nil, wrong
	}
	switch u.Scheme {
	case "tcp":
		if _, _, err := net.SplitHostPort(u.Host); err != nil || strings.Trim(u.Path, "/") != "" {
			return nil, wrong
		}
		return clamd{"tcp", u.Host}, nil
	case "unix":
		if u.Host != "" || u.Path == "" {
			return nil, wrong
		}
		return clamd{"unix", u.Path}, nil
	case "http", "https":
		if u.Host == "" {
			return nil, wrong
		}
		transport := &http.Transport{DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext, TLSHandshakeTimeout: dialTimeout, MaxIdleConnsPerHost: 4}
		noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		return &hook{u.String(), http.Client{Transport: transport, CheckRedirect: noRedirect}}, nil
	}
	return nil, wrong
}

// clamd is a daemon of ClamAV.
type clamd struct{ network, addr string }

// Scan implements [Scanner].
func (c clamd) Scan(ctx context.Context, r io.Reader, size int64) (clean bool, found string, err error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, c.network, c.addr)
	if err != nil {
		return false, "", err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return false, "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()

	wrote := writeStream(conn, io.LimitReader(r, size))
	if errors.Is(wrote, errRead) {
		return false, "", wrote
	}
	// If clamd refuses the stream half-way, its answer has the reason.
	answer, err := bufio.NewReader(io.LimitReader(conn, answerBytesMax)).ReadString(0)
	if err != nil {
		return false, "", errors.Join(wrote, err)
	}
	verdict := strings.TrimPrefix(strings.TrimRight(answer, "\x00"), "stream: ")
	if name, ok := strings.CutSuffix(verdict, " FOUND"); ok {
		return false, name, nil
	}
	if verdict == "OK" && wrote == nil {
		return true, "", nil
	}
	return false, "", errors.Join(fmt.Errorf("clamd answers %q", verdict), wrote)
}

// errRead means that the bytes to scan could not be read.
var errRead = errors.New("the file could not be read")

// writeStream writes the command INSTREAM with the bytes.
func writeStream(w io.Writer, r io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	buf := make([]byte, 4+chunkBytes)
	for {
		n, err := io.ReadFull(r, buf[4:])
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.Join(errRead, err)
		}
		binary.BigEndian.PutUint32(buf, uint32(n))
		if _, err := w.Write(buf[:4+n]); err != nil || n == 0 { // an empty piece ends the stream
			return err
		}
	}
}

// hook is a scanner over HTTP.
type hook struct {
	url    string
	client http.Client
}

// Scan implements [Scanner].
func (h *hook) Scan(ctx context.Context, r io.Reader, size int64) (clean bool, found string, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, io.LimitReader(r, size))
	if err != nil {
		return false, "", err
	}
	request.ContentLength = size
	if size == 0 {
		request.Body = http.NoBody
	}
	request.Header.Set("Content-Type", "application/octet-stream")
	response, err := h.client.Do(request)
	if err != nil {
		return false, "", err
	}
	defer func() { _ = response.Body.Close() }()
	answer, _ := io.ReadAll(io.LimitReader(response.Body, answerBytesMax))
	switch status := response.StatusCode; {
	case status >= 200 && status < 300:
		return true, "", nil
	case status == http.StatusForbidden, status == http.StatusNotAcceptable:
		return false, strings.TrimSpace(string(answer)), nil
	default:
		return false, "", fmt.Errorf("the scanner answers with status %d", status)
	}
}
