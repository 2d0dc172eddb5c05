package view

import "testing"

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace": "AL", "ada": "A", "Ada King Countess of Lovelace": "AL", "(Ben) 7up": "B7", "  ": "",
		"👋": "👋", "é": "É", "محمد علي": "م", "李 小龙": "李", "u_17": "U", "": "",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials(%q) = %q, want %q", name, got, want)
		}
	}
}

// The colour of a member is the same in every version: these are promised.
func TestAvatarColour(t *testing.T) {
	for id, want := range map[string]int{"": 5, "u_ada": 3, "u_ben": 2} {
		if got := avatarColour(id); got != want {
			t.Errorf("avatarColour(%q) = %d, want %d", id, got, want)
		}
	}
}

func TestEmojiOnly(t *testing.T) {
	for text, want := range map[string]bool{
		"👋": true, "👍🏽 🎉": true, "👨‍👩‍👧‍👦": true, "🇩🇪🇫🇷": true, "❤️": true, "😀😀😀😀😀😀": true, "🏴󠁧󠁢󠁳󠁣󠁴󠁿": true,
		"😀😀😀😀😀😀😀": false, "": false, " ": false, "hi 👋": false, "1": false, "7️⃣": false, "\ufe0f": false, "👋.": false,
	} {
		if got := emojiOnly(text); got != want {
			t.Errorf("emojiOnly(%q) = %v, want %v", text, got, want)
		}
	}
}
