package text

import (
	"slices"
	"testing"

	"hallway/component/view/markup"
)

func TestAround(t *testing.T) {
	own := For("en", map[string]string{"typing": "{name}", "typingTwo": "{other}, {name}!", "typingMany": "{name"})
	for _, tc := range []struct {
		texts *Texts
		word  Word
		want  []markup.Piece
	}{
		{said, Typing, []markup.Piece{{Kind: markup.PieceName, Text: "A {other}"}, {Kind: markup.PieceText, Text: " is writing…"}}},
		{said, TypingTwo, []markup.Piece{{Kind: markup.PieceName, Text: "A {other}"}, {Kind: markup.PieceText, Text: " and "}, {Kind: markup.PieceName, Text: "B"}, {Kind: markup.PieceText, Text: " are writing…"}}},
		{said, TypingMany, []markup.Piece{{Kind: markup.PieceText, Text: "Several people are writing…"}}},
		{said, ReplyingTo, []markup.Piece{{Kind: markup.PieceText, Text: "Replying to "}, {Kind: markup.PieceName, Text: "A {other}"}}},
		{own, Typing, []markup.Piece{{Kind: markup.PieceName, Text: "A {other}"}}},
		{own, TypingTwo, []markup.Piece{{Kind: markup.PieceName, Text: "B"}, {Kind: markup.PieceText, Text: ", "}, {Kind: markup.PieceName, Text: "A {other}"}, {Kind: markup.PieceText, Text: "!"}}},
		{own, TypingMany, []markup.Piece{{Kind: markup.PieceText, Text: "{name"}}},
	} {
		if got := tc.texts.Around(tc.word, "A {other}", "B"); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.word, got, tc.want)
		}
	}
}
