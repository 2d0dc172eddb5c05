package server_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
)

// raw writes a request to a new connection, and returns the statuses of all answers until the connection ends.
func (p *person) raw(t *testing.T, parts ...string) (statuses []int) {
	t.Helper()
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if _, err := io.WriteString(conn, part); err != nil {
			break
		}
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	for r := bufio.NewReader(conn); ; {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return statuses
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Errorf("the answer %d is cut off: %v", res.StatusCode, err)
		}
		statuses = append(statuses, res.StatusCode)
	}
}

func (p *person) head(n int, header string) string {
	return "PUT " + filePath(n) + "?name=a HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer " + p.token + "\r\n" + header + "\r\n\r\n"
}

// TestLengthsOfUploads sends bodies that are too short, too long, or without a length, and requests after a body.
func TestLengthsOfUploads(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, eve := l.person("ada", protocol.RoleParticipant, "*"), l.person("eve", protocol.RoleParticipant, "other")
	ping := "GET /healthz HTTP/1.1\r\nHost: relay\r\n\r\n"
	large := strings.Repeat("x", 1<<20)
	for _, c := range []struct {
		name  string
		parts []string
		want  []int
	}{
		{"two uploads and a request on a connection", []string{ada.head(1, "Content-Length: 5") + "hello" + ada.head(2, "content-length:   1048576") + large + ping}, []int{201, 201, 200}},
		{"byte by byte", strings.SplitAfter(ada.head(3, "Content-Length: 5")+"hello"+ping, ""), []int{201, 200}},
		{"nothing", []string{ada.head(4, "Content-Length: 0") + ping}, []int{201, 200}},
		{"another form of the target", []string{strings.Replace(ada.head(12, "Content-Length: 1048576"), "PUT ", "PUT http://relay", 1) + large + ping}, []int{201, 200}},
		{"a byte too few", []string{ada.head(5, "Content-Length: 6") + "hello"}, []int{400}},
		{"half of much", []string{ada.head(5, "Content-Length: 2097152") + large}, []int{400}},
		{"more than announced", []string{ada.head(6, "Content-Length: 4") + "hell\r\n\r\no /"}, []int{201, 400}},
		{"no length", []string{ada.head(7, "X: y") + ping}, []int{400, 200}},
		{"chunks", []string{ada.head(7, "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n" + ping}, []int{400, 200}},
		{"two lengths", []string{ada.head(7, "Content-Length: 5\r\nContent-Length: 5") + "hello"}, []int{400}},
		{"a negative length", []string{ada.head(7, "Content-Length: -5") + "hello"}, []int{400}},
		{"a length and chunks", []string{ada.head(7, "Content-Length: 5\r\nTransfer-Encoding: chunked") + "hello"}, []int{400}},
		{"too large", []string{ada.head(7, "Content-Length: 26214401"), large}, []int{413}},
		{"far too large", []string{ada.head(7, "Content-Length: 999999999999999999"), large}, []int{413}},
		{"refused before the body", []string{eve.head(8, "Content-Length: 1048576") + large + ping}, []int{403}},
		{"with a hidden length", []string{ada.head(9, "Hallway-Upload: 5") + ping}, []int{400, 200}},
		{"asking before the body", []string{ada.head(10, "Expect: 100-continue\r\nContent-Length: 5") + "hello" + ping}, []int{100, 201, 200}},
		{"an upload elsewhere", []string{strings.Replace(ada.head(11, "Content-Length: 1048576"), "/files/", "/fires/", 1) + large}, []int{413}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ada.raw(t, c.parts...); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("answered with %v, want %v", got, c.want)
			}
		})
	}
	for n, size := range map[int]int{1: 5, 2: 1 << 20, 3: 5, 4: 0, 6: 4, 10: 5, 12: 1 << 20} {
		if r := ada.do(200, "GET", filePath(n), ""); len(r.body) != size {
			t.Errorf("file %d has %d bytes", n, len(r.body))
		}
	}
	for _, n := range []int{5, 7, 8, 9, 11} {
		ada.refused(protocol.CodeNotFound, "", "GET", filePath(n), "")
	}
}

// slowReader returns a byte, and then nothing until the test ends.
type slowReader struct {
	ctx  context.Context
	sent bool
}

func (r *slowReader) Read(p []byte) (int, error) {
	if r.sent {
		<-r.ctx.Done()
		return 0, errors.New("enough")
	}
	r.sent = true
	return copy(p, "x"), nil
}

// TestUploadsLeaveSlots checks that stalled uploads do not block reads.
func TestUploadsLeaveSlots(t *testing.T) {
	l := startLive(t, hub.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for u := range 5 {
		p := l.person(fmt.Sprint("slow", u), protocol.RoleParticipant, "*")
		for n := range 20 {
			req, err := http.NewRequestWithContext(ctx, "PUT", fmt.Sprintf("http://%s%s?name=a", l.addr, filePath(1000*u+n)), &slowReader{ctx: ctx})
			if err != nil {
				t.Fatal(err)
			}
			req.ContentLength = 1_000_000
			req.Header.Set("Authorization", "Bearer "+p.token)
			go func() {
				if res, err := http.DefaultClient.Do(req); err == nil {
					res.Body.Close()
				}
			}()
		}
	}
	ada := l.person("ada", protocol.RoleParticipant, "*")
	for range 20 {
		began := time.Now()
		ada.ask(200, "GET", messagesPath, "")
		if took := time.Since(began); took > guard.QueueTimeout {
			t.Fatalf("a page took %v", took)
		}
	}
	random := make([]byte, 300_000)
	_, _ = rand.Read(random)
	ada.upload(201, 1, "a.bin", string(random))
}
