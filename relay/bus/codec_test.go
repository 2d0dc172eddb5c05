package bus_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/bus"
)

var bless = flag.Bool("bless", false, "write the golden messages anew")

// relay is the publisher of the samples.
const relay bus.RelayID = 0x0123456789abcdef

// samples holds news of every kind, by the name of their golden message.
func samples() map[string]bus.News {
	return map[string]bus.News{
		"changes": &bus.Changes{Room: "lobby", Epoch: "k3v9x2pa", First: 41, Last: 43, Rules: 7, Frames: []bus.Frame{
			{Rev: 41, Data: []byte(`{"type":"message"}`)}, {Rev: 43, Data: []byte(`{"type":"message","n":2}`)},
		}},
		"head":         &bus.Changes{Room: "lobby", Epoch: "k3v9x2pa", Last: 1 << 40},
		"deleted":      &bus.Changes{Room: "lobby"},
		"typing":       &bus.Typing{Room: "lobby", User: protocol.User{ID: "u1", Name: "Ada", Role: protocol.RoleModerator}},
		"moved":        &bus.Moved{Room: "lobby", Came: []string{"u1"}, Left: []string{"u2", "ü3"}},
		"snapshot":     &bus.Snapshot{Relay: 3, Room: "lobby", Round: 9, Part: 1, Parts: 2, Users: []string{"u1", "ü3"}},
		"heartbeat":    &bus.Heartbeat{Round: 10, Parts: 1, Rooms: []bus.Digest{{Room: "lobby", Users: 2, Sum: 1 << 63}, {Room: "b"}}},
		"heartbeatend": &bus.Heartbeat{Round: 11, Parts: 1, Leaving: true},
		"spent":        &bus.Spent{Users: []bus.Spending{{User: "u1", Messages: 5, Conns: 1}, {User: "u2"}}},
		"told":         &bus.Told{Room: "lobby", Epoch: "k3v9x2pa", User: "u1", Frame: []byte(`{"type":"read"}`)},
		"acted":        &bus.Acted{Room: "lobby", UpTo: protocol.RoleModerator, Frame: []byte(`{"type":"moderated"}`)},
		"purged":       &bus.Purged{Room: "lobby", Epoch: "k3v9x2pa", Below: 41},
		"revoked":      &bus.Revoked{User: "u1", At: 1 << 50, Erased: true},
		"granted":      &bus.Granted{User: "u1", Grants: []bus.Grant{{Pattern: "stage-*", Role: protocol.RoleOrganizer}, {Pattern: "*"}}},
		"asked":        &bus.Asked{Relay: 2, Room: "lobby"},
		"called":       &bus.Called{Round: 7},
		"levelled":     &bus.Levelled{Relay: 2, Round: 7},
	}
}

// TestMessagesAreGolden checks the format, because relays of two versions run together during an upgrade.
func TestMessagesAreGolden(t *testing.T) {
	for name, news := range samples() {
		file := filepath.Join("testdata", name+".hex")
		got := bus.Encode(relay, news)
		if *bless {
			if err := os.WriteFile(file, []byte(hex.Dump(got)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if hex.Dump(got) != string(want) {
			t.Errorf("%s is encoded as\n%swant\n%s", name, hex.Dump(got), want)
		}
		from, back, err := bus.Decode(got)
		if err != nil || from != relay || !reflect.DeepEqual(back, news) {
			t.Errorf("%s comes back as %+v of %x, %v", name, back, from, err)
		}
	}
}

func TestChangesOfAnotherVersionTellTheHead(t *testing.T) {
	message := bus.Encode(relay, samples()["changes"])
	message[0] = 2
	message = append(message, "fields of another version"...)
	_, news, err := bus.Decode(message)
	if want := (&bus.Changes{Room: "lobby", Epoch: "k3v9x2pa", Last: 43}); err != nil || !reflect.DeepEqual(news, want) {
		t.Errorf("decoded as %+v, %v", news, err)
	}
	for name, news := range samples() {
		if bus.Durable(news) {
			continue
		}
		message := bus.Encode(relay, news)
		message[0] = 2
		if _, _, err := bus.Decode(message); !errors.Is(err, bus.ErrUnknown) {
			t.Errorf("%s of another version: %v", name, err)
		}
	}
}

func TestMalformedMessagesAreRefused(t *testing.T) {
	with := func(news bus.News) []byte { return bus.Encode(relay, news) }
	one := []bus.Frame{{Rev: 5, Data: []byte("{}")}}
	cases := map[string][]byte{
		"nothing":             nil,
		"version 0":           append([]byte{0}, with(&bus.Asked{Room: "a"})[1:]...),
		"too long":            make([]byte, bus.MessageBytesMax+1),
		"a byte too many":     append(with(&bus.Asked{Room: "a"}), 0),
		"a long number":       append(with(&bus.Spent{})[:10], 0x81, 0x00),
		"an endless number":   append(with(&bus.Spent{})[:10], bytes.Repeat([]byte{0xff}, 12)...),
		"no room":             with(&bus.Changes{Epoch: "e", Last: 5}),
		"a room's bad name":   with(&bus.Changes{Room: "a b", Epoch: "e", Last: 5}),
		"a long epoch":        with(&bus.Changes{Room: "a", Epoch: strings.Repeat("e", 65), Last: 5}),
		"a negative head":     with(&bus.Changes{Room: "a", Epoch: "e", Last: -1}),
		"first after last":    with(&bus.Changes{Room: "a", Epoch: "e", First: 5, Last: 4, Frames: one}),
		"a frame after last":  with(&bus.Changes{Room: "a", Epoch: "e", First: 4, Last: 4, Frames: one}),
		"no frames":           with(&bus.Changes{Room: "a", Epoch: "e", First: 5, Last: 5}),
		"an empty frame":      with(&bus.Changes{Room: "a", Epoch: "e", First: 5, Last: 5, Frames: []bus.Frame{{Rev: 5}}}),
		"a typist without id": with(&bus.Typing{Room: "a"}),
		"a bad user":          with(&bus.Moved{Room: "a", Left: []string{"\x00"}}),
		"a user's long name":  with(&bus.Typing{Room: "a", User: protocol.User{ID: "u", Name: strings.Repeat("n", 257)}}),
		"part 2 of 2":         with(&bus.Snapshot{Room: "a", Part: 2, Parts: 2}),
		"too many parts":      with(&bus.Snapshot{Room: "a", Parts: 1 << 20}),
		"nothing told":        with(&bus.Told{Room: "a"}),
		"no act":              with(&bus.Acted{Room: "a"}),
		"nobody is revoked":   with(&bus.Revoked{}),
		"a claimed list":      append(with(&bus.Spent{})[:10], 0xff, 0xff, 0xff, 0x7f, 1, 'u', 0, 0),
	}
	for name, message := range cases {
		if _, news, err := bus.Decode(message); !errors.Is(err, bus.ErrMalformed) {
			t.Errorf("%s: decoded as %+v, %v", name, news, err)
		}
	}
	for name, news := range samples() {
		message := with(news)
		for n := range message {
			if _, back, err := bus.Decode(message[:n:n]); err == nil {
				t.Errorf("%d of %d bytes of %s are decoded as %+v", n, len(message), name, back)
			}
		}
		message[1] = 99
		if _, _, err := bus.Decode(message); !errors.Is(err, bus.ErrUnknown) {
			t.Errorf("kind 99: %v", err)
		}
	}
}

func TestALargeBatchIsSplitWithoutAHole(t *testing.T) {
	whole := &bus.Changes{Room: "lobby", Epoch: "e", First: 11, Last: 52, Rules: 3}
	for rev := int64(11); rev <= 50; rev++ {
		size := 20_000
		if rev == 30 || rev == 31 || rev == 50 {
			size = bus.MessageBytesMax // larger than any real frame, but the package does not know that
		}
		whole.Frames = append(whole.Frames, bus.Frame{Rev: rev, Data: bytes.Repeat([]byte{byte(rev)}, size)})
	}
	next, frames, heads := int64(11), 0, 0
	for _, part := range bus.Split(whole) {
		message := bus.Encode(relay, part)
		if len(message) > bus.MessageBytesMax {
			t.Fatalf("a part has %d bytes", len(message))
		}
		_, back, err := bus.Decode(message)
		if err != nil {
			t.Fatal(err)
		}
		c := back.(*bus.Changes)
		if c.Room != "lobby" || c.Epoch != "e" || c.Rules != 3 || c.Last < next {
			t.Errorf("a part is of %s %s %d to %d, after %d", c.Room, c.Epoch, c.First, c.Last, next-1)
		}
		if len(c.Frames) == 0 {
			heads++
		} else if c.First != next {
			t.Errorf("a part begins with %d, want %d", c.First, next)
		}
		frames += len(c.Frames)
		next = c.Last + 1
	}
	if next != 53 || frames != 37 || heads != 3 {
		t.Errorf("told up to %d, %d frames, %d heads", next-1, frames, heads)
	}
}

func TestLongListsAreSplit(t *testing.T) {
	var digests []bus.Digest
	var spent []bus.Spending
	var users []string
	for i := range 20_000 {
		name := fmt.Sprintf("%s-%d", strings.Repeat("u", 100), i)
		digests = append(digests, bus.Digest{Room: name, Users: 1, Sum: 1 << 60})
		spent = append(spent, bus.Spending{User: name, Messages: 1, Conns: 1})
		users = append(users, name)
	}
	for _, news := range []bus.News{
		&bus.Snapshot{Room: "a", Round: 3, Users: users}, &bus.Heartbeat{Round: 3, Rooms: digests}, &bus.Spent{Users: spent},
		&bus.Moved{Room: "a", Came: users, Left: users},
	} {
		count, parts := 0, bus.Split(news)
		for i, part := range parts {
			_, back, err := bus.Decode(bus.Encode(relay, part))
			if err != nil {
				t.Fatalf("%T: %v", news, err)
			}
			switch p := back.(type) {
			case *bus.Snapshot:
				count += len(p.Users)
				if p.Part != int64(i) || p.Parts != int64(len(parts)) || p.Round != 3 {
					t.Errorf("part %d is %d of %d of round %d", i, p.Part, p.Parts, p.Round)
				}
			case *bus.Heartbeat:
				count += len(p.Rooms)
			case *bus.Spent:
				count += len(p.Users)
			case *bus.Moved:
				count += len(p.Came) + len(p.Left)
			}
		}
		if want := map[bool]int{true: 40_000, false: 20_000}[reflect.TypeOf(news) == reflect.TypeFor[*bus.Moved]()]; count != want {
			t.Errorf("%T: %d entries arrive", news, count)
		}
	}
	for _, empty := range []bus.News{&bus.Snapshot{Room: "a"}, &bus.Heartbeat{}} {
		if parts := bus.Split(empty); len(parts) != 1 {
			t.Errorf("an empty %T has %d parts", empty, len(parts))
		} else if _, _, err := bus.Decode(bus.Encode(relay, parts[0])); err != nil {
			t.Errorf("an empty %T: %v", empty, err)
		}
	}
}

// FuzzDecode checks that a message is refused, or equals the encoding of its news.
func FuzzDecode(f *testing.F) {
	for _, news := range samples() {
		f.Add(bus.Encode(relay, news))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		from, news, err := bus.Decode(message)
		if err != nil {
			return
		}
		again := bus.Encode(from, news)
		if message[0] == 1 && !bytes.Equal(again, message) {
			t.Fatalf("decoded as %+v, which is encoded as %x", news, again)
		}
		_, back, err := bus.Decode(again)
		if err != nil || !reflect.DeepEqual(back, news) {
			t.Fatalf("%+v comes back as %+v, %v", news, back, err)
		}
	})
}
