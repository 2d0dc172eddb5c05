package text

import (
	"strings"
	"testing"

	"hallway/protocol"
)

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace": "AL", "ada": "A", "Ada King Countess of Lovelace": "AL", "(Ben) 7up": "B7", "  ": "",
		"👋": "👋", "é": "É", "محمد علي": "م", "李 小龙": "李", "u_17": "U", "": "",
	} {
		if got := Initials(name); got != want {
			t.Errorf("initials(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestAvatarColour checks that the colour of a user is the same in every version.
func TestAvatarColour(t *testing.T) {
	for id, want := range map[string]int{"": 5, "u_ada": 3, "u_ben": 2} {
		if got := AvatarColour(id); got != want {
			t.Errorf("avatarColour(%q) = %d, want %d", id, got, want)
		}
	}
}

func TestShownNames(t *testing.T) {
	long := strings.Repeat("n", 1000)
	for name, want := range map[string]string{
		"Ada":                 "Ada",
		" Ada\r\nLovelace\t":  "Ada Lovelace",
		"Ada\u202egnirts":     "Adagnirts",
		"\u2066Ada\u2069":     "Ada",
		"Ad\u200ba":           "Ada",
		"Ada\x00\x1b[31m":     "Ada [31m",
		"می\u200cنا":          "می\u200cنا",
		"👩\u200d🔬":            "👩\u200d🔬",
		"":                    "",
		" \u200b\u3164\u2800": "",
		long:                  long[:nameBytesMax] + "…",
	} {
		if got := ShownName(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

// TestUsersWithoutANameAreGuests checks that a user without a name gets a word of the chat's language and a number, and
// never the id, which may be a mail address.
func TestUsersWithoutANameAreGuests(t *testing.T) {
	const id = "ada.lovelace@mail.example"
	for _, l := range languages {
		texts := For(l.Tag, nil)
		seen := make(map[string]bool)
		for _, name := range []string{"", "\n", "\u200b"} {
			called := texts.NameOf(protocol.User{ID: id, Name: name})
			if strings.Contains(called, id) || len(strings.Fields(called)) != 2 || called != texts.Called(id, "") {
				t.Errorf("%s: %q", l.Tag, called)
			}
		}
		for _, other := range []string{"u_1", "u_2", "u_3"} {
			seen[texts.NameOf(protocol.User{ID: other})] = true
		}
		if len(seen) != 3 {
			t.Errorf("%s: guests are %v", l.Tag, seen)
		}
	}
}
