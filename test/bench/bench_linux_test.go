package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/test/relaytest"
)

// TestMain makes this program the bare server or the hostile crowd, if a suite under test starts it as one.
func TestMain(m *testing.M) {
	if addr := os.Getenv(bareVariable); addr != "" {
		_ = serveBare(addr)
		os.Exit(exitFailed)
	}
	if order := os.Getenv(hostileVariable); order != "" {
		_ = serveCrowd(order)
		os.Exit(exitFailed)
	}
	if order := os.Getenv(uploadsVariable); order != "" {
		if serveUploads(order) != nil {
			os.Exit(exitFailed)
		}
		return
	}
	os.Exit(m.Run())
}

// TestQuick runs every benchmark in small. Its figures mean nothing, but no message may be lost or doubled here either.
func TestQuick(t *testing.T) {
	program, err := relaytest.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSuite(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(s.folder) })
	s.scale, s.progress.to = quickScale, io.Discard
	if err := s.run(""); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.rows {
		if r.Figure <= 0 && !strings.Contains(r.What, "memory") {
			t.Errorf("%s: the figure is %v", r.What, r.Figure)
		}
	}
	if err := writeResults(t.TempDir(), s.rows); err != nil {
		t.Error(err)
	}
}

func TestUnknownBench(t *testing.T) {
	if err := (&suite{}).run("nothing"); !errors.Is(err, errNoBench) {
		t.Errorf("the error is %v", err)
	}
}

func TestRows(t *testing.T) {
	for _, test := range []struct {
		row     row
		verdict string
		target  string
	}{
		{row{Figure: 70, Limit: 100, Target: 0.6, OfLimit: true}, "yes", "≥ 0.6 ×"},
		{row{Figure: 30, Limit: 100, Target: 0.6, OfLimit: true}, "no, 50 % off", "≥ 0.6 ×"},
		{row{Figure: 15, Unit: "s", Target: 10, AtMost: true}, "no, 50 % off", "≤ 10 s"},
		{row{Figure: 9.9, Unit: "s", Target: 10, AtMost: true}, "yes", "≤ 10 s"},
	} {
		r := test.row.judge()
		if r.verdict() != test.verdict || r.targetText() != test.target {
			t.Errorf("%+v: %q and %q, not %q and %q", test.row, r.verdict(), r.targetText(), test.verdict, test.target)
		}
	}
}

func TestPlotIsXML(t *testing.T) {
	drawn := plot([]row{row{What: "a < b & c", Figure: 1, Unit: "s", Target: 2, AtMost: true}.judge()})
	for decoder := xml.NewDecoder(strings.NewReader(drawn)); ; {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestBrokenPromises makes sure that the load notices each broken promise.
func TestBrokenPromises(t *testing.T) {
	type change struct {
		id  string
		rev int64
	}
	for _, test := range []struct {
		name    string
		changes []change
		err     string
	}{
		{"in order", []change{{"a", 1}, {"b", 2}}, ""},
		{"one id at two revs", []change{{"a", 1}, {"a", 2}}, "doubled: message a"},
		{"two ids at one rev", []change{{"a", 1}, {"b", 1}}, "is message a for one member"},
		{"a hole above", []change{{"a", 1}, {"b", 3}}, "nobody got rev 2"},
		{"the same again", []change{{"a", 1}, {"b", 2}, {"a", 1}}, "came again"},
		{"of nobody", []change{{"x", 1}}, "sent by nobody"},
		{"a send without a rev", []change{{"a", 1}}, "2 messages were sent"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newMember(t, "a", "b")
			for _, m := range test.changes {
				c.changed(&protocol.Message{Room: c.room.name, ID: m.id, Seq: m.rev, Rev: m.rev}, []byte(m.id))
			}
			c.room.whole()
			err := c.loop().err
			if err == nil && test.err != "" || err != nil && (test.err == "" || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("the error is %v, not %q", err, test.err)
			}
		})
	}
}

// newMember returns a client that is live in a room to which another client has sent messages with these ids.
func newMember(t *testing.T, ids ...string) *client {
	t.Helper()
	l, err := newLoop()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	target, err := newTarget(l, "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	c := &client{target: target, room: newRoom(l, "bench"), joined: true, live: true}
	other := &client{target: target, room: c.room}
	for _, id := range ids {
		c.room.sends[id] = &send{sender: other}
		c.room.sent++
	}
	return c
}
