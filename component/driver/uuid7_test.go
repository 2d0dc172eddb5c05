package driver

import (
	"testing"

	"github.com/google/uuid"
)

func TestUUID7(t *testing.T) {
	const now = 1795425304123
	var ids uuid7
	last := ""
	next := func(ms int64) uuid.UUID {
		t.Helper()
		text := ids.next(ms, [8]byte{0xff, 1, 2, 3, 4, 5, 6, 7})
		id, err := uuid.Parse(text)
		if err != nil || id.String() != text || id.Version() != 7 || id.Variant() != uuid.RFC4122 {
			t.Fatalf("%q is not a UUID v7 in canonical form: %v", text, err)
		}
		if text <= last {
			t.Fatalf("%q comes after %q", text, last)
		}
		last = text
		return id
	}
	first := next(now)
	if seconds, nanos := first.Time().UnixTime(); seconds*1000+nanos/1e6 != now {
		t.Errorf("the time is %d s and %d ns", seconds, nanos)
	}
	if want := "01a207af-fe3b-7000-bf01-020304050607"; first.String() != want {
		t.Errorf("got %s, want %s", first, want)
	}
	for range 5000 { // more than one millisecond has numbers for
		next(now)
	}
	next(now - 1000) // the clock goes back
	next(now + 1000)
}

func TestNewID(t *testing.T) {
	last := ""
	for range 100 {
		id, err := newID()
		if err != nil {
			t.Fatal(err)
		}
		if parsed, err := uuid.Parse(id); err != nil || parsed.Version() != 7 || parsed.String() != id {
			t.Errorf("%q is not a UUID v7 in canonical form: %v", id, err)
		}
		if id <= last {
			t.Errorf("%q comes after %q", id, last)
		}
		last = id
	}
}
