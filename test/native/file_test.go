package native

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/test/relaytest"
)

// TestFilesOverAKilledRelayAndClient checks that every message with files arrives once, in order and with its files. The messages are
// written while the relay is down, and the client is killed. Then the relay and the client are killed again and again during the
// uploads.
func TestFilesOverAKilledRelayAndClient(t *testing.T) {
	random, relay := random(t), startRelay(t)
	ada := Start(t, relay.URL(), "u_ada", "Ada", "organizer")
	ada.UntilLive()
	relay.Kill()

	var texts []string
	files := map[string][]string{}
	for n := range 6 {
		text := "u_ada " + strconv.Itoa(n)
		texts = append(texts, text)
		if n%3 == 2 {
			ada.Send(text)
			continue
		}
		files[text] = []string{fmt.Sprintf("a%d.txt", n), fmt.Sprintf("b%d.txt", n)}
		ada.do(command{Send: text, Files: files[text]})
	}
	ada.untilSafe(texts...)
	ada.reload()
	ada.Until("what it had to send", func(v View) bool { return slices.Equal(v.Outbox, texts) })

	for range 4 {
		relay.Start()
		ada.do(tryNow)
		ada.Until("an upload under way, or everything sent", func(v View) bool {
			return v.Sent > 0 || len(v.Outbox) == 0 && len(v.Messages) > 0
		})
		time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond) // so that the kill comes at a random time of an upload or a send
		relay.Kill()
		if random.IntN(2) == 0 {
			ada.reload()
		}
	}
	relay.Start()
	ada.do(tryNow)
	inOrder(t, sameForAll(t, relay, ada))

	messages := read[protocol.Page](t, relay, ada.setting.Token, "/messages", protocol.DecodePage).Messages
	if len(messages) != len(texts) {
		t.Fatalf("the room has %d messages, want %d", len(messages), len(texts))
	}
	for i, m := range messages {
		var names []string
		for _, f := range m.Files {
			names = append(names, f.Name)
			got := read(t, relay, ada.setting.Token, "/files/"+f.ID, func(b []byte) ([]byte, error) { return b, nil })
			if !bytes.Equal(got, fileContent(f.Name)) {
				t.Errorf("%s of %q has %d bytes, which are others", f.Name, m.Text, len(got))
			}
		}
		if m.Text != texts[i] || !slices.Equal(names, files[m.Text]) {
			t.Errorf("message %d is %q with %q, want %q with %q", i, m.Text, names, texts[i], files[texts[i]])
		}
	}
}

// read requests something of the room from the relay.
func read[T any](t *testing.T, r *relaytest.Relay, token, path string, decode func([]byte) (T, error)) T {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL()+"/v1/rooms/"+room+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", path, response.StatusCode, err)
	}
	v, err := decode(body)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
