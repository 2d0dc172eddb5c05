package view

import (
	"slices"
	"testing"
)

func TestAround(t *testing.T) {
	own := textsFor("en", map[string]string{"typing": "{name}", "typingTwo": "{other}, {name}!", "typingMany": "{name"})
	for _, tc := range []struct {
		texts *texts
		word  word
		want  []piece
	}{
		{said, wordTyping, []piece{{pieceName, "A {other}"}, {pieceText, " is writing…"}}},
		{said, wordTypingTwo, []piece{{pieceName, "A {other}"}, {pieceText, " and "}, {pieceName, "B"}, {pieceText, " are writing…"}}},
		{said, wordTypingMany, []piece{{pieceText, "Several people are writing…"}}},
		{said, wordReplyingTo, []piece{{pieceText, "Replying to "}, {pieceName, "A {other}"}}},
		{own, wordTyping, []piece{{pieceName, "A {other}"}}},
		{own, wordTypingTwo, []piece{{pieceName, "B"}, {pieceText, ", "}, {pieceName, "A {other}"}, {pieceText, "!"}}},
		{own, wordTypingMany, []piece{{pieceText, "{name"}}},
	} {
		if got := tc.texts.around(tc.word, "A {other}", "B"); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.word, got, tc.want)
		}
	}
}
