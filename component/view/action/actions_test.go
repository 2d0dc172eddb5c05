package action

import (
	"slices"
	"testing"

	"hallway/component/view/text"
	"hallway/protocol"
)

func TestActionsByRole(t *testing.T) {
	other := Target{Stored: true}
	for _, tc := range []struct {
		name   string
		target Target
		role   protocol.Role
		want   []Action
	}{
		{"another's", other, protocol.RoleParticipant, []Action{React, Reply, Copy, Report}},
		{"one's own", Target{Stored: true, Own: true}, protocol.RoleParticipant, []Action{React, Reply, Edit, Copy, Delete}},
		{"another's, to a moderator", other, protocol.RoleModerator, []Action{
			React, Reply, Copy, Pin, Delete, Report, Mute, Ban, Clear,
		}},
		{"a moderator's, to another", Target{Stored: true, Role: protocol.RoleModerator}, protocol.RoleModerator, []Action{
			React, Reply, Copy, Pin, Delete, Report,
		}},
		{"pinned, to an organizer", Target{Stored: true, Pinned: true}, protocol.RoleOrganizer, []Action{
			React, Reply, Copy, Unpin, Delete, Report, Mute, Ban, Clear,
		}},
		{"encrypted", Target{Stored: true, Own: true, Encrypted: true}, protocol.RoleParticipant, []Action{React, Reply, Delete}},
		{"not stored", Target{Own: true}, protocol.RoleOrganizer, nil},
		{"one's own, deleted", Target{Stored: true, Own: true, Deleted: true}, protocol.RoleOrganizer, nil},
		{"deleted", Target{Stored: true, Deleted: true}, protocol.RoleParticipant, nil},
		{"deleted, to a moderator", Target{Stored: true, Deleted: true}, protocol.RoleModerator, []Action{Mute, Ban, Clear}},
		{"a moderator's, deleted", Target{Stored: true, Deleted: true, Role: protocol.RoleModerator}, protocol.RoleModerator, nil},
	} {
		if got := Offered(&tc.target, tc.role); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestEveryActionHasItsWordAndIcon(t *testing.T) {
	all := append(Offered(&Target{Stored: true, Own: true}, protocol.RoleOrganizer),
		Unpin, Menu, Shortcuts, Report, Mute, Ban, Clear)
	for _, does := range all {
		if does.Name(text.For("en", nil)) == "" || does.description().icon == "" {
			t.Errorf("%s has no word or no icon", does)
		}
	}
}
