package scan_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hallway/files/scan"
	"hallway/files/scan/scantest"
)

func scanner(t *testing.T, address string) scan.Scanner {
	t.Helper()
	s, err := scan.New(address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// check scans a text; want is "clean", the name of the malware, or "error".
func check(t *testing.T, s scan.Scanner, content, want string) {
	t.Helper()
	clean, found, err := s.Scan(t.Context(), strings.NewReader(content), int64(len(content)))
	got := found
	switch {
	case err != nil:
		got = "error"
	case clean:
		got = "clean"
	}
	if got != want {
		t.Errorf("%d bytes: %s, want %s (%v)", len(content), got, want, err)
	}
}

func TestClamd(t *testing.T) {
	s := scanner(t, scantest.Clamd(t, 1<<20))
	check(t, s, "", "clean")
	check(t, s, "hello", "clean")
	check(t, s, strings.Repeat("x", 200_000), "clean")
	check(t, s, scantest.EICAR, "Eicar-Test-Signature")
	check(t, s, strings.Repeat("x", 100_000)+scantest.EICAR, "Eicar-Test-Signature")
	check(t, s, strings.Repeat("x", 1<<20+1), "error")
}

func TestHook(t *testing.T) {
	status := http.StatusNoContent
	var got bytes.Buffer
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.Reset()
		_, _ = io.Copy(&got, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "Trojan.X\n")
	}))
	defer server.Close()
	s := scanner(t, server.URL+"/scan")
	check(t, s, "hello", "clean")
	if got.String() != "hello" {
		t.Errorf("the service got %q", got.String())
	}
	check(t, s, "", "clean")
	for status = range map[int]bool{403: true, 406: true} {
		check(t, s, "hello", "Trojan.X")
	}
	for status = range map[int]bool{302: true, 400: true, 404: true, 500: true, 503: true} {
		check(t, s, "hello", "error")
	}
}

// TestUnscannedIsNotClean checks a scanner that is unreachable, silent or wrong, and a file that cannot be read.
func TestUnscannedIsNotClean(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan string, 8)
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			_, _ = io.WriteString(conn, <-answers)
			_ = conn.Close()
		}
	}()
	s := scanner(t, "tcp://"+l.Addr().String())
	for _, answer := range []string{"", "stream: OK", "stream: MAYBE\x00", "OK?\x00", "stream: \x00"} {
		answers <- answer
		check(t, s, "hello", "error")
	}
	_ = l.Close()
	check(t, s, "hello", "error")

	s = scanner(t, scantest.Clamd(t, 1<<20))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if clean, _, err := s.Scan(ctx, strings.NewReader("hello"), 5); clean || err == nil {
		t.Error("clean, though nobody waits for it")
	}
	if clean, _, err := s.Scan(t.Context(), io.MultiReader(strings.NewReader("hel"), errorReader{}), 5); clean || err == nil {
		t.Error("clean, though it could not be read")
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, errors.New("the disk is broken") }

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "clamd", "tcp://host", "tcp://host:1/x", "unix://", "unix://host/x", "ftp://host", "https://", "http:///x", "tcp://%"} {
		if _, err := scan.New(address); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
