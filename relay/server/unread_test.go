package server_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/relaytest"
	"hallway/relay/rules"
	"hallway/relay/server"
)

// TestAnswersThatNobodyReadsAreBounded checks that hundreds of clients that request large pages repeatedly and read
// nothing do not use up the relay's memory, and that others get answers.
func TestAnswersThatNobodyReadsAreBounded(t *testing.T) {
	const clients, most = 300, heapFactor * 5 * guard.UnreadAddressBytesMax / 2
	for name, user := range map[string]func(i int) string{
		"one user":   func(int) string { return "deaf" },
		"many users": func(i int) string { return fmt.Sprint("deaf", i) },
	} {
		t.Run(name, func(t *testing.T) {
			h := &largePages{}
			s := start(t, func(o *server.Options) { o.History = h })
			m := protocol.Message{Room: "lobby", ID: relaytest.SendOf(1).ID, Seq: 1, Rev: 1, Text: strings.Repeat("x", protocol.TextBytesMax)}
			for range protocol.PageBytesMax / m.Size() {
				h.page.Messages = append(h.page.Messages, m)
			}
			before := heapOf()
			for i := range clients {
				nc, err := net.Dial("tcp", s.addr)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { nc.Close() })
				if err := nc.(*net.TCPConn).SetReadBuffer(4096); err != nil {
					t.Fatal(err)
				}
				request := "GET " + messagesPath + "?limit=500 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + s.token(user(i), "*") + "\r\n\r\n"
				if _, err := nc.Write([]byte(strings.Repeat(request, 3))); err != nil {
					t.Fatal(err)
				}
			}
			for range 3 {
				client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
				req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.addr+messagesPath, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Authorization", "Bearer "+s.token("reader", "*"))
				res, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := bufio.NewReader(res.Body).ReadString('!'); res.StatusCode != http.StatusOK || err == nil {
					t.Errorf("a reader gets %s, %v", res.Status, err)
				}
				res.Body.Close()
			}
			if grown := heapOf() - before; grown > most {
				t.Errorf("the relay's heap has grown by %d MB", grown>>20)
			}
		})
	}
}

// largePages is a history that does not record its queries.
type largePages struct{ history }

func (h *largePages) Page(context.Context, string, string, rules.Query) ([]byte, error) {
	return h.page.Append(nil), nil
}

// heapOf returns the used bytes of the heap and of stacks.
func heapOf() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}
