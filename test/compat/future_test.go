package compat_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/test/native"
	"hallway/test/relaytest"
)

// future is a proxy between the current component and the current relay. It makes each seem newer to the other: it adds unknown members to
// every object, and frames of unknown types to those of the relay.
type future struct {
	relay  *url.URL
	passed atomic.Int64 // the number of frames and pages
}

func startFuture(t *testing.T, relay string) (address string, f *future) {
	t.Helper()
	target, err := url.Parse("http://" + relay)
	if err != nil {
		t.Fatal(err)
	}
	f = &future{relay: target}
	history := httputil.NewSingleHostReverseProxy(target)
	history.ModifyResponse = f.page
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/ws", f.socket)
	mux.Handle("/", history)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, f
}

func (f *future) page(response *http.Response) error {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	body = f.enrich(body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	response.ContentLength = int64(len(body))
	response.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// socket forwards frames with unknown members. It sends a frame of an unknown type before each frame of the relay.
func (f *future) socket(w http.ResponseWriter, r *http.Request) {
	up := func(frame []byte) [][]byte { return [][]byte{f.enrich(frame)} }
	down := func(frame []byte) [][]byte {
		return [][]byte{[]byte(`{"type":"weather","room":"lobby","sky":{"clouds":[1,2]}}`), f.enrich(frame)}
	}
	tunnel(w, r, f.relay, up, down)
}

func (f *future) enrich(data []byte) []byte {
	var document any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&document); err != nil {
		return data
	}
	enrich(document)
	f.passed.Add(1)
	enriched, err := json.Marshal(document)
	if err != nil {
		return data
	}
	return enriched
}

func enrich(document any) {
	switch document := document.(type) {
	case map[string]any:
		for name, value := range document {
			if name != "reactions" { // the names of its members are data
				enrich(value)
			}
		}
		document["x_mood"] = map[string]any{"level": 3, "why": []any{nil, "sun"}}
	case []any:
		for _, value := range document {
			enrich(value)
		}
	}
}

// TestUnknownIsIgnored lets two people chat. They seem newer than the relay to it, and the relay seems newer to them.
func TestUnknownIsIgnored(t *testing.T) {
	r := relaytest.Start(t)
	address, between := startFuture(t, r.Addr)
	ada, ben := start(t, address, "u_ada"), start(t, address, "u_ben")
	for _, p := range []*native.Person{ada, ben} {
		p.UntilLive()
	}
	ada.Send("Doors open at nine.")
	untilTexts(ben, "Doors open at nine.")
	ben.Send("Thanks, Ada.")
	for _, p := range []*native.Person{ada, ben} {
		untilTexts(p, "Doors open at nine.", "Thanks, Ada.")
		p.Until("an empty outbox", func(v native.View) bool { return len(v.Outbox) == 0 })
	}
	late := start(t, address, "u_late")
	untilTexts(late, "Doors open at nine.", "Thanks, Ada.")
	if between.passed.Load() < 10 {
		t.Errorf("only %d frames and pages were made strange", between.passed.Load())
	}
}

// TestNewerRelay connects a chat to a relay that speaks only a newer version, and refuses others as in versions.txt.
func TestNewerRelay(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		problem := protocol.Problem{Status: 426, Code: protocol.CodeBadRequest, Supported: []string{"hallway.v2"}}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(problem.Status)
		_, _ = w.Write(problem.Append(nil))
	}))
	t.Cleanup(server.Close)
	p := start(t, server.URL, "u_ada")
	v := p.Until("update needed", func(v native.View) bool { return v.Status == client.StatusUpdateNeeded })
	if !strings.Contains(v.Reason, "another version") {
		t.Errorf("the reason is %q", v.Reason)
	}
}

func start(t *testing.T, relay, sub string) *native.Person {
	t.Helper()
	return native.Start(t, relay, sub, "", "")
}

// untilTexts waits until a person sees exactly these messages.
func untilTexts(p *native.Person, texts ...string) {
	p.Until(fmt.Sprintf("%q", texts), func(v native.View) bool { return slices.Equal(v.Texts(), texts) })
}
