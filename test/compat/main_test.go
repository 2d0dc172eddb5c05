// Package compat_test tests the current relay and component with other versions: with recorded clients and relays of each release, and
// with versions of the future, which add unknown fields and frames.
//
// A release adds a folder of transcripts below testdata, recorded from the release itself (see the flag -record). A new
// way in which a future version may differ becomes a test in future_test.go. Start with transcript_test.go. The package must not
// know the relay's packages: it talks to the program.
package compat_test

import (
	"os"
	"testing"
	"time"

	"hallway/test/native"
)

// patience bounds every wait; no wait comes near it.
const patience = time.Minute

func TestMain(m *testing.M) { os.Exit(native.Main(m)) }
