package view

import (
	"slices"
	"testing"

	"hallway/protocol"
)

func TestActionsByRole(t *testing.T) {
	other := row{seq: 1}
	for _, tc := range []struct {
		name string
		row  row
		role protocol.Role
		want []action
	}{
		{"another's", other, protocol.RoleParticipant, []action{actionReact, actionReply, actionCopy, actionReport}},
		{"one's own", row{seq: 1, own: true}, protocol.RoleParticipant, []action{actionReact, actionReply, actionEdit, actionCopy, actionDelete}},
		{"another's, to a moderator", other, protocol.RoleModerator, []action{
			actionReact, actionReply, actionCopy, actionPin, actionDelete, actionReport, actionMute, actionBan, actionClear,
		}},
		{"a moderator's, to another", row{seq: 1, role: protocol.RoleModerator}, protocol.RoleModerator, []action{
			actionReact, actionReply, actionCopy, actionPin, actionDelete, actionReport,
		}},
		{"pinned, to an organizer", row{seq: 1, pinned: true}, protocol.RoleOrganizer, []action{
			actionReact, actionReply, actionCopy, actionUnpin, actionDelete, actionReport, actionMute, actionBan, actionClear,
		}},
		{"encrypted", row{seq: 1, own: true, encrypted: true}, protocol.RoleParticipant, []action{actionReact, actionReply, actionDelete}},
		{"not stored", row{own: true}, protocol.RoleOrganizer, nil},
		{"one's own, deleted", row{seq: 1, own: true, deleted: true}, protocol.RoleOrganizer, nil},
		{"deleted", row{seq: 1, deleted: true}, protocol.RoleParticipant, nil},
		{"deleted, to a moderator", row{seq: 1, deleted: true}, protocol.RoleModerator, []action{actionMute, actionBan, actionClear}},
		{"a moderator's, deleted", row{seq: 1, deleted: true, role: protocol.RoleModerator}, protocol.RoleModerator, nil},
	} {
		if got := actionsOn(&tc.row, tc.role); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestEveryActionHasItsWordAndIcon(t *testing.T) {
	all := append(actionsOn(&row{seq: 1, own: true}, protocol.RoleOrganizer),
		actionUnpin, actionMenu, actionShortcuts, actionReport, actionMute, actionBan, actionClear)
	for _, does := range all {
		if english.words[actionWords[does]] == "" || icons[does] == "" {
			t.Errorf("%s has no word or no icon", does)
		}
	}
}

func TestEmojisAreEmojis(t *testing.T) {
	seen := make(map[string]bool)
	for _, group := range emojiGroups {
		if len(group.all)%emojiColumns != 0 {
			t.Errorf("%s fills no lines of %d", group.name, emojiColumns)
		}
		for _, emoji := range group.all {
			if seen[emoji] || !emojiOnly(emoji) || len(emoji) > 64 {
				t.Errorf("%q is there twice, or no emoji", emoji)
			}
			seen[emoji] = true
		}
	}
}

func TestLinesTarget(t *testing.T) {
	widths := []int{7, 1, 1, 3}
	for _, tc := range []struct {
		key  string
		from place
		rtl  bool
		want place
		ok   bool
	}{
		{"ArrowDown", place{0, 4}, false, place{1, 0}, true},
		{"ArrowDown", place{3, 2}, false, place{0, 2}, true},
		{"ArrowUp", place{0, 6}, false, place{3, 2}, true},
		{"ArrowRight", place{0, 6}, false, place{0, 6}, true},
		{"ArrowRight", place{0, 3}, true, place{0, 2}, true},
		{"ArrowLeft", place{0, 0}, false, place{0, 0}, true},
		{"ArrowLeft", place{0, 0}, true, place{0, 1}, true},
		{"Home", place{3, 1}, false, place{0, 0}, true},
		{"End", place{0, 1}, false, place{3, 2}, true},
		{"a", place{2, 0}, false, place{2, 0}, false},
	} {
		if got, ok := linesTarget(tc.key, tc.from, widths, tc.rtl); got != tc.want || ok != tc.ok {
			t.Errorf("%s from %v (rtl %v) leads to %v, %v; want %v, %v", tc.key, tc.from, tc.rtl, got, ok, tc.want, tc.ok)
		}
	}
	if _, ok := linesTarget("Home", place{}, nil, false); ok {
		t.Error("a key leads somewhere in nothing")
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
