package markup

import "testing"

func TestEmojiOnly(t *testing.T) {
	for text, want := range map[string]bool{
		"👋": true, "👍🏽 🎉": true, "👨‍👩‍👧‍👦": true, "🇩🇪🇫🇷": true, "❤️": true, "😀😀😀😀😀😀": true, "🏴󠁧󠁢󠁳󠁣󠁴󠁿": true,
		"😀😀😀😀😀😀😀": false, "": false, " ": false, "hi 👋": false, "1": false, "\ufe0f": false, "👋.": false,
		// Keycaps, and their parts.
		"7️⃣": true, "1️⃣ *️⃣ #️⃣": true, "0⃣": true, "#️⃣": true, "*": false, "#": false, "7️": false, "12": false, "a⃣": false,
		// Signs that are text without a selector.
		"©": false, "®": false, "™": false, "©️": true, "®️": true, "™️": true, "ℹ": false, "ℹ️": true, "‼️": true, "↔": false,
		"❤": false, "☎": false, "☎️": true, "✌": false, "✌🏽": true, "☝️": true, "♀": false, "⏱": false, "⏱️": true, "✁": false,
		"🅰": false, "🅰️": true, "🈂️": true, "🈁": true, "🆒": true, "🀄": true, "🀀": false, "🃏": true, "🂡": false, "🟢": true, "🞀": false,
		"⭐": true, "✅": true, "☕": true, "⌚": true, "☺": false, "😀\ufe0e": false, "⭐\ufe0e": false,
		// Sequences.
		"👩🏽‍🚀": true, "🕵🏽‍♂️": true, "🏳️‍🌈": true, "🏴‍☠️": true, "❤️‍🔥": true, "❤‍🔥": true, "👁️‍🗨️": true, "👨‍👩‍👧‍👦👨‍👩‍👧‍👦": true,
		"🏴󠁧󠁢󠁷󠁬󠁳󠁿🏴󠁧󠁢󠁥󠁮󠁧󠁿": true, "🇩🇪": true, "🇩": false, "🇩🇪🇫": false, "🏻": true, "\u200d": false, "👋\u200d": false, "👋\u200da": false,
		"1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣": true, "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣": false, "👋\n👋": true, "©️ 2026": false,
	} {
		if got := EmojiOnly(text); got != want {
			t.Errorf("emojiOnly(%q) = %v, want %v", text, got, want)
		}
	}
}
