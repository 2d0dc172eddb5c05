package compat_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// record is a released relay; its answers replace those in the transcripts of its version:
//
//	go test ./test/compat -run TestTranscripts/0.1.0 -record bin/hallway-0.1.0
//
// A transcript is recorded once, from the release itself, and never touched again.
var record = flag.String("record", "", "record the transcripts anew from this relay `program`")

// TestTranscripts replays the frames and requests of released clients and compares the answers with those of the released relay. A line is one of
//
//	flags --rate 1                flags of the relay
//	person ada {"sub":"u_ada"}    names a user, whose token has these claims
//	ada connects                  the user opens a WebSocket; "offering v2, v1": with these subprotocols
//	ada > {"type":"ping"}         the user writes a frame, in which <token> is the user's token
//	ada < {"type":"pong"}         the user must get this frame next
//	ada < close 4400              the relay must close the user's connection with this code
//	ada GET /v1/rooms             a request, perhaps with a body; "ada asks for the socket …": an upgrade to be refused
//	= 200 {"rooms":[]}            the answer to the request before
//	relay drains                  the relay gets SIGTERM
//
// <time 1> stands for the same value everywhere, and <any> for any value. The test ignores members and frames that the transcript does not
// have, because version 1 may add such.
func TestTranscripts(t *testing.T) {
	versions, err := filepath.Glob("testdata/*")
	if err != nil || len(versions) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, folder := range versions {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			files, err := filepath.Glob(folder + "/*.txt")
			if err != nil || len(files) == 0 {
				t.Fatalf("no transcripts: %v", err)
			}
			for _, file := range files {
				name := strings.TrimSuffix(filepath.Base(file), ".txt")
				t.Run(name, func(t *testing.T) { replay(t, file) })
			}
		})
	}
}

func replay(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, *record)
	var recorded bytes.Buffer
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		said, err := s.play(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatalf("%s:%d: %s%v", file, number, line, err)
		}
		fmt.Fprintln(&recorded, said)
	}
	if *record != "" {
		if err := os.WriteFile(file, recorded.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
