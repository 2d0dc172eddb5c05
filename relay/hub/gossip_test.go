package hub_test

import (
	"strings"
	"testing"
	"time"

	"hallway/relay/hub"
	"hallway/relay/rules"
)

// TestWindowForgetsPurgesOfOtherRelays checks that the version of a room's rules reveals a deletion whose news
// were lost.
func TestWindowForgetsPurgesOfOtherRelays(t *testing.T) {
	w := newWorld(hub.Config{})
	w.shared = true
	w.Share(w, w)
	ada := w.open("ada")
	w.Received(w.now, ada.session, []byte(`{"type":"hello","token":"ada"}`))
	w.Received(w.now, ada.session, []byte(`{"type":"join","room":"lobby"}`))
	w.commit()
	for _, step := range []string{
		"heads", `ada: {"type":"send","room":"lobby","id":"$1","text":"one"}`, "commit",
		`ada: {"type":"send","room":"lobby","id":"$2","text":"two"}`, "commit",
		`elsewhere mod {"type":"settings","room":"lobby","slow_mode_s":30}`,
	} {
		if err := w.step(longIDs(step)); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	page := func() string {
		json, ok := w.Windows().Of("lobby").Page(rules.Query{Kind: rules.QuerySince, Limit: 10}, "ada")
		if !ok {
			t.Fatal("the window has no answer")
		}
		return string(json)
	}
	if p := page(); strings.Count(p, `"text"`) != 2 {
		t.Fatalf("the window answers %s", p)
	}
	w.wait(5 * time.Second)
	if err := w.heads(""); err != nil || len(w.others.rulings) != 1 {
		t.Fatalf("rules are read %v, %v", w.others.rulings, err)
	}
	w.Gossip().Ruling(w.now, "lobby", rules.Ruling{Epoch: "e-lobby", Version: 1, Below: 2}, nil)
	if p := page(); strings.Contains(p, "one") || !strings.Contains(p, "two") {
		t.Errorf("the window answers %s", p)
	}
	w.Gossip().Ruling(w.now, "lobby", rules.Ruling{Epoch: "e-lobby", Version: 1, Below: 1}, nil)
	if p := page(); strings.Contains(p, "one") {
		t.Errorf("the window answers %s", p)
	}
}
