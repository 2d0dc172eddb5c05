package log

import (
	"testing"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

func reacted(reactions ...protocol.Reaction) client.Snapshot {
	s := snapshot()
	s.Messages[0] = &protocol.Message{ID: "m1", Seq: 1, Sender: s.Me, Text: "one", Reactions: reactions, Mine: []string{"🎉"}}
	return s
}

func TestReactionNames(t *testing.T) {
	s := reacted(
		protocol.Reaction{Emoji: "👍", Count: 5, Users: []string{"u_cy", "u_ben", "u_x"}},
		protocol.Reaction{Emoji: "🎉", Count: 2, Users: []string{"u_ada", "u_ben"}},
		protocol.Reaction{Emoji: "🔥", Count: 1, Users: []string{"u_x"}},
	)
	s.Messages = append(s.Messages, &protocol.Message{ID: "m4", Seq: 4, Sender: protocol.User{ID: "u_cy", Name: "Cy"}, Text: "x"})
	maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
	set := maker.rowsIn(&s, window{0, 4})[0].reactions
	if set == nil || len(set.all) != 3 {
		t.Fatalf("the reactions are %+v", set)
	}
	for lang, want := range map[string][]string{
		"en": {"👍 5: Cy, Ben and 3 others", "🎉 2: You and Ben", "🔥 1: 1 other"},
		"de": {"👍 5: Cy, Ben und 3 weitere", "🎉 2: Du und Ben", "🔥 1: 1 weitere Person"},
		"ar": {"👍 5: Cy، Ben و3 آخرون", "🎉 2: أنت وBen", "🔥 1: شخص آخر"},
	} {
		texts := text.For(lang, nil)
		for i := range set.all {
			if got := reactionName(texts, &set.all[i]); got != want[i] {
				t.Errorf("%s: %q, want %q", lang, got, want[i])
			}
		}
	}
	if set.mine("👍") || !set.mine("🎉") || (*reactionSet)(nil).mine("👍") {
		t.Error("the user's own reactions are mixed up with others'")
	}
}

// TestReactionsStayTheSame checks that equal reactions are the same pointer, because rows are compared with ==.
func TestReactionsStayTheSame(t *testing.T) {
	thumb := protocol.Reaction{Emoji: "👍", Count: 1, Users: []string{"u_cy"}}
	s := reacted(thumb)
	maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
	first := maker.rowsIn(&s, window{0, 3})
	again := maker.rowsIn(&s, window{0, 3})
	if len(diff(first, again)) != 0 {
		t.Error("a frame without a change changes rows")
	}
	edited := *s.Messages[0]
	edited.Pinned = true
	s.Messages[0] = &edited
	if r := maker.rowsIn(&s, window{0, 3})[0]; r.reactions != first[0].reactions || !r.pinned {
		t.Errorf("a pinned message has other reactions: %+v", r)
	}
	more := edited
	thumb.Count = 2
	more.Reactions = []protocol.Reaction{thumb}
	s.Messages[0] = &more
	if r := maker.rowsIn(&s, window{0, 3})[0]; r.reactions == first[0].reactions || r.reactions.all[0].count != 2 {
		t.Errorf("another reaction is not noticed: %+v", r.reactions)
	}
	gone := more
	gone.DeletedAt = 7
	s.Messages[0] = &gone
	if r := maker.rowsIn(&s, window{0, 3})[0]; r.reactions != nil {
		t.Errorf("a deleted message has reactions: %+v", r.reactions)
	}
}

// TestReactorIsNamedOnceKnown checks that a reaction names a user as soon as the name is known.
func TestReactorIsNamedOnceKnown(t *testing.T) {
	s := reacted(protocol.Reaction{Emoji: "👍", Count: 1, Users: []string{"u_cy"}})
	maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
	before := maker.rowsIn(&s, window{0, 3})
	s.Messages = append(s.Messages, &protocol.Message{ID: "m4", Seq: 4, Sender: protocol.User{ID: "u_cy", Name: "Cy"}})
	after := maker.rowsIn(&s, window{0, 4})
	if got := reactors(text.For("en", nil), &after[0].reactions.all[0]); got != "Cy" {
		t.Errorf("the reaction is named %q", got)
	}
	if edits := diff(before, after); len(edits) != 2 {
		t.Errorf("the row is not drawn again: %+v", edits)
	}
}
