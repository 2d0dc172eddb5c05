// Package scantest runs a fake clamd for tests. The main function is [Clamd]. A new command or answer of clamd belongs there.
//
// # What this package must not know
//
// The code that uses the scanner.
package scantest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
)

// EICAR is the harmless text that every scanner finds.
const EICAR = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// Clamd starts a clamd that finds EICAR, refuses more than limit bytes, and ends with the test. It returns its address.
func Clamd(t *testing.T, limit int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			go func() {
				defer func() { _ = conn.Close() }()
				_, _ = io.WriteString(conn, answer(bufio.NewReader(conn), limit)+"\x00")
			}()
		}
	}()
	return "tcp://" + l.Addr().String()
}

// answer reads a command and returns clamd's answer.
func answer(r *bufio.Reader, limit int) string {
	if command, err := r.ReadString(0); err != nil || command != "zINSTREAM\x00" {
		return "UNKNOWN COMMAND"
	}
	var content bytes.Buffer
	for {
		var size uint32
		if err := binary.Read(r, binary.BigEndian, &size); err != nil {
			return "INSTREAM: the stream has ended ERROR"
		}
		if size == 0 {
			break
		}
		if content.Len()+int(size) > limit {
			return "INSTREAM size limit exceeded. ERROR"
		}
		if _, err := io.CopyN(&content, r, int64(size)); err != nil {
			return "INSTREAM: the stream has ended ERROR"
		}
	}
	if bytes.Contains(content.Bytes(), []byte(EICAR)) {
		return "stream: Eicar-Test-Signature FOUND"
	}
	return "stream: OK"
}
