package composer

import (
	"reflect"
	"strings"
	"testing"

	"hallway/protocol"
)

func TestMovedMentions(t *testing.T) {
	ada := protocol.Mention{At: 3, Len: 4, User: "ada"}
	at := func(places ...int64) (list []protocol.Mention) {
		for _, p := range places {
			m := ada
			m.At = p
			list = append(list, m)
		}
		return list
	}
	for _, c := range []struct {
		was, is string
		list    []protocol.Mention
		want    []protocol.Mention
	}{
		{"hi @Ada", "hi @Ada", at(3), at(3)},
		{"hi @Ada", "oh hi @Ada", at(3), at(6)},
		{"hi @Ada", "hi 👩‍🚀@Ada", at(3), at(14)},
		{"hi @Ada", "hi @Ada!", at(3), at(3)},
		{"hi @Ada", "hi @Ad", at(3), nil},
		{"hi @Ada", "hi @Aéda", at(3), nil},
		{"hi @Ada", "hello @Bo", at(3), nil},
		{"hi @Ada", "", at(3), nil},
		{"hi @Ada @Ada", "hi @Ad @Ada", at(3, 8), at(7)},
		{"@Ada مرحبا", "@Ada مرحبا بك", at(0), at(0)},
	} {
		if got := moved(c.list, c.was, c.is); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q to %q: %v, want %v", c.was, c.is, got, c.want)
		}
	}
}

func TestNameAt(t *testing.T) {
	for written, want := range map[string]string{
		"@": "", "@a": "a", "hi @Ada L": "Ada L", "(@é": "é", "a@b": "-", "@ a": "-", "@a\nb": "-", "no": "-", "@a b c d": "-", "@@b": "b", "مرحبا @آ": "آ",
	} {
		_, words, ok := nameAt(written, len(written), nil)
		if !ok {
			words = "-"
		}
		if words != want {
			t.Errorf("%q: %q, want %q", written, words, want)
		}
	}
	if _, _, ok := nameAt("@Ada x", 6, []protocol.Mention{{Len: 4, User: "ada"}}); ok {
		t.Error("a name is found inside of a mention")
	}
}

func TestBegins(t *testing.T) {
	for _, c := range []struct {
		name, words string
		want        bool
	}{
		{"Ada Lovelace", "ad", true}, {"Ada Lovelace", "LO", true}, {"Ada Lovelace", "da", false}, {"Ada Lovelace", "ada lo", true},
		{"Ada Lovelace", "ada x", false}, {"Mary-Ann", "ann", true}, {"Hannah Ann", "ann", true}, {"Ada", " ", false}, {"", "a", false},
		{"مريم علي", "عل", true},
	} {
		if got := begins(c.name, c.words, strings.EqualFold); got != c.want {
			t.Errorf("%q begins with %q: %v", c.name, c.words, got)
		}
	}
}

func TestKeptMentions(t *testing.T) {
	list := []protocol.Mention{{At: 0, Len: 4, User: "a b"}, {At: 9, Len: 3, All: true}}
	if got := mentionsFrom(mentionsText(list)); !reflect.DeepEqual(got, list) {
		t.Errorf("%+v", got)
	}
	for _, broken := range []string{"x", "1 2", "a 2 u", "1 99999999999 u"} {
		if got := mentionsFrom(broken); got != nil {
			t.Errorf("%q: %+v", broken, got)
		}
	}
}
