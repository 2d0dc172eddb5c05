//go:build !js

package driver

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

// files is a relay's route for uploads. It answers with its statuses in order, and then with 201.
type files struct {
	mu       sync.Mutex
	statuses []int
	got      map[string][]byte // by path and query
}

func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Method != http.MethodPut || r.Header.Get("Authorization") != "Bearer t" || r.ContentLength != int64(len(body)) {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	status := http.StatusCreated
	if len(f.statuses) > 0 {
		status, f.statuses = f.statuses[0], f.statuses[1:]
	}
	w.Header().Set("Retry-After", "3")
	w.WriteHeader(status)
	if status != http.StatusCreated {
		_, _ = w.Write([]byte(`{"type":"about:blank","status":` + strconv.Itoa(status) + `,"code":"forbidden","why":"quota","title":"t","detail":"full"}`))
		return
	}
	f.got[r.URL.RequestURI()] = body
	file := protocol.File{ID: "f", Name: "a b.png", Type: "image/png", Size: int64(len(body)), Width: 4, Height: 3}
	_, _ = w.Write(file.Append(nil))
}

// uploads starts a driver whose core uploads a file on each Online. It returns the last event of each
// upload.
func uploads(t *testing.T, relay string, storage Storage, item string) (d *Driver, ends chan client.Event) {
	ends = make(chan client.Event, 10)
	d = start(Options{Relay: relay, Room: "lobby", Storage: storage}, &scriptedCore{script: func(ev client.Event) []client.Effect {
		switch ev := ev.(type) {
		case client.Started:
			return []client.Effect{client.LoadOutbox{User: "ada"}}
		case client.AttachFile:
			return []client.Effect{client.SaveItem{Item: client.Item{ID: "m", Files: []client.Attachment{ev.File}}}}
		case client.Online:
			return []client.Effect{client.Upload{Req: 7, Token: "t", ID: "f", Item: item, Name: "a b.png"}}
		case client.UploadDone, client.UploadRefused, client.ItemSaved:
			ends <- ev
		}
		return nil
	}})
	t.Cleanup(d.Close)
	return d, ends
}

func TestUpload(t *testing.T) {
	relay := &files{got: map[string][]byte{}, statuses: []int{403, 503}}
	server := httptest.NewServer(relay)
	t.Cleanup(server.Close)
	storage, content := &MemoryStorage{}, bytes.Repeat([]byte("hallway "), 100_000)
	d, ends := uploads(t, server.URL, storage, "m")
	if err := d.Attach(client.Attachment{ID: "f", Name: "a b.png", Size: int64(len(content))}, content); err != nil {
		t.Fatal(err)
	}
	if ev := <-ends; ev != (client.ItemSaved{ID: "m"}) {
		t.Fatalf("got %#v", ev)
	}
	for _, want := range []client.UploadRefused{
		{Req: 7, Status: 403, RetryAfterMs: 3000, Code: "forbidden", Why: "quota", Reason: "full"},
		{Req: 7, Status: 503, RetryAfterMs: 3000, Code: "forbidden", Why: "quota", Reason: "full"},
	} {
		d.Do(client.Online{})
		if ev := <-ends; ev != want {
			t.Errorf("got %#v", ev)
		}
	}
	d.Close()

	// The next start of the program loads the bytes from the storage.
	d, ends = uploads(t, server.URL, storage, "m")
	d.Do(client.Online{})
	want := client.UploadDone{Req: 7, File: protocol.File{ID: "f", Name: "a b.png", Type: "image/png", Size: int64(len(content)), Width: 4, Height: 3}}
	if ev := <-ends; ev != want {
		t.Errorf("got %#v", ev)
	}
	if got := relay.got["/v1/rooms/lobby/files/f?name=a+b.png"]; !bytes.Equal(got, content) {
		t.Errorf("the relay got %d bytes of %d", len(got), len(content))
	}
}

func TestUploadOfLostBytes(t *testing.T) {
	d, ends := uploads(t, "http://127.0.0.1:1", &MemoryStorage{}, "other")
	d.Do(client.Online{})
	if ev := <-ends; ev != (client.UploadRefused{Req: 7, Lost: true}) {
		t.Errorf("got %#v", ev)
	}
}

func TestUploadWithoutAnAnswer(t *testing.T) {
	d, ends := uploads(t, "http://127.0.0.1:1", &MemoryStorage{}, "")
	if err := d.Attach(client.Attachment{ID: "f"}, []byte("x")); err != nil {
		t.Fatal(err)
	}
	<-ends // the item is saved
	d.Do(client.Online{})
	if ev := (<-ends).(client.UploadRefused); ev.Req != 7 || ev.Status != 0 {
		t.Errorf("got %#v", ev)
	}
}
