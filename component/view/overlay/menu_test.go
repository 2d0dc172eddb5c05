package overlay

import (
	"testing"

	"hallway/component/view/markup"
)

func TestEmojisAreEmojis(t *testing.T) {
	seen := make(map[string]bool)
	for _, group := range emojiGroups {
		if len(group.all)%emojiColumns != 0 {
			t.Errorf("%s fills no lines of %d", group.name, emojiColumns)
		}
		for _, emoji := range group.all {
			if seen[emoji] || !markup.EmojiOnly(emoji) || len(emoji) > 64 {
				t.Errorf("%q is there twice, or no emoji", emoji)
			}
			seen[emoji] = true
		}
	}
}

func TestMenuTop(t *testing.T) {
	for _, tc := range []struct {
		name                            string
		top, bottom, height, chat, want float64
	}{
		{"below", 10, 50, 300, 500, 50 + menuGap},
		{"above", 400, 440, 300, 500, 100 - menuGap},
		{"over it, as low as it can", 200, 240, 300, 500, 200 - menuGap},
		{"taller than the chat", 10, 50, 600, 500, 0},
	} {
		if got := menuTop(tc.top, tc.bottom, tc.height, tc.chat); got != tc.want {
			t.Errorf("%s: at %v, want %v", tc.name, got, tc.want)
		}
	}
}
