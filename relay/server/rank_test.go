package server_test

import (
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/rules"
)

// TestARankIsThatOfTheLastToken checks that a token changes its user's rank, by whatever way it comes: for acts on the
// user, in the list of members and in the database.
func TestARankIsThatOfTheLastToken(t *testing.T) {
	for name, bring := range map[string]func(p *person, c *relaytest.Client){
		"a fresh hello": func(p *person, c *relaytest.Client) {
			c.Say(protocol.Hello{Token: p.token})
			relaytest.Hear[protocol.Welcome](c)
		},
		"another connection": func(p *person, _ *relaytest.Client) {
			c := p.connect(p.t)
			c.Say(protocol.Hello{Token: p.token})
			relaytest.Hear[protocol.Welcome](c)
		},
		"a join":         func(p *person, _ *relaytest.Client) { p.enter() },
		"the history":    func(p *person, _ *relaytest.Client) { p.ask(200, "GET", messagesPath, "") },
		"a room":         func(p *person, _ *relaytest.Client) { p.ask(200, "GET", "/v1/rooms/lobby", "") },
		"the rooms":      func(p *person, _ *relaytest.Client) { p.ask(200, "GET", "/v1/rooms", "") },
		"a message":      func(p *person, _ *relaytest.Client) { p.ask(200, "PUT", messagePath(1)+thumb, "") },
		"what is denied": func(p *person, _ *relaytest.Client) { p.ask(404, "DELETE", messagePath(99), "") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := startLive(t, hub.Config{})
			mo, mae := l.person("mo", protocol.RoleModerator, "*"), l.person("mae", protocol.RoleModerator, "*")
			high, low := l.person("oz", protocol.RoleOrganizer, "*"), l.person("oz", protocol.RoleParticipant, "*")
			mo.say(1, "first")
			c := high.enter()
			acts := func(status, gone int) {
				t.Helper()
				for _, act := range [][3]string{
					{"PUT", "oz/mute", ""}, {"PUT", "oz/ban", ""}, {"DELETE", "oz/mute", ""}, {"DELETE", "oz/ban", ""}, {"DELETE", "oz", ""},
				} {
					want := status
					if status == 200 && act[0] == "DELETE" {
						want = gone
					}
					mo.ask(want, act[0], memberPath+act[1], act[2])
				}
				mo.ask(status, "DELETE", memberPath+"oz/messages", "")
			}
			role := func(want protocol.Role) {
				t.Helper()
				for _, m := range mae.members() {
					if m.User.ID == "oz" && m.User.Role != want {
						t.Errorf("listed as %q, want %q", m.User.Role, want)
					}
				}
				until(t, func() bool {
					members, err := l.store.Members(t.Context(), "lobby", rules.Part{})
					return err != nil || len(members) == 1 && members[0].User.Role == want
				})
			}
			role(protocol.RoleOrganizer)
			acts(403, 403)
			bring(low, c)
			role(protocol.RoleParticipant)
			bring(high, c)
			role(protocol.RoleOrganizer)
			acts(403, 403)
			bring(low, c)
			acts(200, 204)
		})
	}
}

// until waits for a condition that comes true within a second.
func until(t *testing.T, come func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !come(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never came")
		}
	}
}

// TestADemotedConnectionActsNoMore checks that after a lower token of a user, older connections have the lower role,
// too, until their own token is seen again.
func TestADemotedConnectionActsNoMore(t *testing.T) {
	l := startLive(t, hub.Config{})
	high, low := l.person("oz", protocol.RoleOrganizer, "*"), l.person("oz", protocol.RoleParticipant, "*")
	ben := l.person("ben", protocol.RoleParticipant, "*")
	ben.enter()
	c := high.enter()
	ask := func(want protocol.Code) {
		t.Helper()
		for _, f := range []protocol.ClientFrame{
			protocol.Moderate{Room: "lobby", Act: protocol.ActMute, User: "ben"}, protocol.Adjust{Room: "lobby", SlowModeS: new(int64)},
		} {
			c.Say(f)
			for {
				got := relaytest.Hear[protocol.RelayFrame](c)
				if e, refused := got.(protocol.Error); refused {
					if e.Code != want {
						t.Errorf("%+v: %+v", f, e)
					}
					break
				}
				switch got.(type) {
				case protocol.Moderated, protocol.Settings:
					if want != "" {
						t.Errorf("%+v: done", f)
					}
				default:
					continue
				}
				break
			}
		}
	}
	ask("")
	low.ask(200, "GET", messagesPath, "")
	ask(protocol.CodeForbidden)
	c.Say(protocol.Hello{Token: high.token})
	relaytest.Hear[protocol.Welcome](c)
	ask("")
}

// TestBanOfAStranger checks that a ban of a user who never came does not hold against a higher role
// than its maker's, however the user first comes, and that the audit has the fact.
func TestBanOfAStranger(t *testing.T) {
	l := startLive(t, hub.Config{})
	mo, ada := l.person("mo", protocol.RoleModerator, "*"), l.person("ada", protocol.RoleOrganizer, "*")
	mo.enter()
	mo.say(1, "first")
	for name, ask := range map[string][3]string{
		"reads": {"GET", messagesPath, ""}, "lists": {"GET", "/v1/rooms/lobby", ""}, "writes": {"POST", messagesPath, sendBody(2, "hi")},
	} {
		for _, role := range allRoles {
			who := string(role) + "-" + name
			mo.ask(200, "PUT", memberPath+who+"/ban", "")
			status := 403
			if role == protocol.RoleOrganizer {
				status = map[string]int{"GET": 200, "POST": 201}[ask[0]]
			}
			l.person(who, role, "*").ask(status, ask[0], ask[1], ask[2])
		}
	}
	olga := l.person("olga", protocol.RoleOrganizer, "*")
	mo.ask(200, "PUT", memberPath+"olga/ban", "")
	mo.ask(200, "PUT", memberPath+"olga/mute", "")
	olga.enter()
	olga.ask(201, "POST", messagesPath, sendBody(9, "hi"))
	var voided []any
	for _, e := range as[struct{ Entries []entry }](t, ada.ask(200, "GET", "/v1/rooms/lobby/audit?limit=500", "")).Entries {
		if e.Act == "void" && e.By.ID == "olga" && e.User == "olga" {
			voided = append(voided, e.Details["kind"])
		}
	}
	if len(voided) != 2 {
		t.Errorf("the audit tells of %v", voided)
	}
	if bans, err := l.store.Bans(t.Context()); err != nil || bans[rules.Ban{Room: "lobby", User: "olga"}] != (rules.BanTerms{}) {
		t.Errorf("%v, %v", bans, err)
	}
	l.person("olga", protocol.RoleParticipant, "*").ask(200, "GET", messagesPath, "")
}

// TestRevocationPermissions checks that a revocation, and its end, needs the pattern * as an organizer, and works only on lower
// ranks.
func TestRevocationPermissions(t *testing.T) {
	l := startLive(t, hub.Config{})
	path := func(user string) string { return "/v1/users/" + user + "/revocation" }
	both := func(p *person, user string, status int) {
		t.Helper()
		p.ask(status, "PUT", path(user), "")
		p.ask(status, "DELETE", path(user), "")
	}
	chief := l.person("chief", protocol.RoleOrganizer, "*")
	for _, no := range []*person{
		l.person("a", protocol.RoleOrganizer, "lobby"), l.person("a", protocol.RoleOrganizer, "lobby-*"), l.person("a", protocol.RoleOrganizer, "?*"),
		l.person("a", protocol.RoleOrganizer), l.person("a", protocol.RoleModerator, "*"), l.person("a", protocol.RoleParticipant, "*"),
	} {
		both(no, "stranger", 403)
	}
	both(chief, "stranger", 204)
	both(l.person("chief", protocol.RoleOrganizer, "x", "*"), "stranger", 204)
	both(chief, "chief", 403)
	for role, status := range map[protocol.Role]int{protocol.RoleOrganizer: 403, protocol.RoleModerator: 204, protocol.RoleParticipant: 204} {
		who := "some-" + string(role)
		l.person(who, role, "*").ask(200, "GET", "/v1/rooms", "")
		both(chief, who, status)
		l.person(who, protocol.RoleParticipant, "*").ask(200, "GET", "/v1/rooms", "")
		both(chief, who, 204)
	}
}
