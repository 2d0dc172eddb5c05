package server_test

import (
	"testing"

	"hallway/protocol"
)

// A standing is a state of the asker or the room that stops an otherwise permitted request.
type standing struct {
	why  protocol.Why
	code protocol.Code
	// stops reports whether it stops the right, for a role in the room.
	stops func(r *right, role protocol.Role) bool
	// begin sets the state in a room.
	begin func(m *matrix, room string)
	rules bool // a new member gets the state in the room's settings
}

var standings = []standing{
	{
		protocol.WhyBanned, protocol.CodeForbidden,
		func(r *right, role protocol.Role) bool {
			return r.kind != manages || role != protocol.RoleOrganizer || personal[r.operation]
		},
		func(m *matrix, room string) {
			m.does("chief", 200, "PUT", "/v1/rooms/"+room+"/members/self/ban", "")
		}, false,
	},
	{
		protocol.WhyArchived, protocol.CodeForbidden,
		func(r *right, _ protocol.Role) bool { return r.kind == writes },
		func(m *matrix, room string) {
			m.does("chief", 200, "PUT", "/v1/rooms/"+room, `{"settings":{"archived":true}}`)
		}, true,
	},
	{
		protocol.WhyFrozen, protocol.CodeForbidden,
		func(r *right, role protocol.Role) bool { return r.kind == writes && role != protocol.RoleOrganizer },
		func(m *matrix, room string) {
			m.does("chief", 200, "PUT", "/v1/rooms/"+room, `{"settings":{"frozen":true}}`)
		}, true,
	},
	{
		protocol.WhyMuted, protocol.CodeForbidden,
		func(r *right, _ protocol.Role) bool { return r.kind == writes },
		func(m *matrix, room string) {
			m.does("chief", 200, "PUT", "/v1/rooms/"+room+"/members/self/mute", "")
		}, false,
	},
	{
		protocol.WhySlowMode, protocol.CodeRateLimited,
		func(r *right, role protocol.Role) bool {
			return (r.operation == "sendMessage" || r.operation == "editMessage") && role == protocol.RoleParticipant
		},
		func(m *matrix, room string) {
			m.does("chief", 200, "PUT", "/v1/rooms/"+room, `{"settings":{"slow_mode_s":3600}}`)
			m.does("self", 201, "POST", "/v1/rooms/"+room+"/messages", sendBody(4, "x"))
		}, true,
	},
}

// personal are the operations about messages that every asker has.
var personal = map[string]bool{"deleteMessage": true, "pinMessage": true, "unpinMessage": true, "reportMessage": true}

// TestStandings checks that the permissions of each role are suspended while the user is banned or muted, or the room
// archived, frozen or in slow mode; over WebSocket and REST.
func TestStandings(t *testing.T) {
	describe(t)
	described := operations(t)
	for _, stand := range standings {
		for _, role := range allRoles {
			t.Run(string(stand.why)+" "+string(role), func(t *testing.T) {
				t.Parallel()
				a := asker{role, role}
				m := newMatrix(t, described, a)
				m.join("chief", asker{protocol.RoleOrganizer, protocol.RoleOrganizer}, "chief")
				m.stand, m.rules = func(room string) { stand.begin(m, room) }, stand.rules
				for _, r := range rights {
					if r.kind == beside || r.kind == rulings {
						continue
					}
					for about, may := range r.may {
						if about == "self" || a.code(&r, may) != "" {
							continue
						}
						var want problem
						if stand.stops(&r, role) {
							want = problem{Code: stand.code, Why: stand.why}
						}
						// A banned user has no stream of the room over WebSocket.
						if r.frame != "" && (stand.why != protocol.WhyBanned || r.kind == enters) {
							if e := m.say(about, r.frame); e.Code != want.Code || e.Why != want.Why {
								t.Errorf("%s about %q: %q because %q, want %+v", r.frame, about, e.Code, e.Why, want)
							}
						}
						if r.operation != "" {
							got := m.request(about, r.operation, r.body, m.people["self"].token)
							if got.Code != want.Code || got.Why != want.Why {
								t.Errorf("%s about %q: %+v, want %+v", r.operation, about, got, want)
							}
						}
					}
				}
			})
		}
	}
}
