package server_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/hub"
)

// A right is one line of the permission matrix: an act, over WebSocket and REST, and
// which roles may do it about what. Roles are named by their first letters.
type right struct {
	operation string // of the OpenAPI document
	request   string // method and path
	body      string
	frame     string // "": not over WebSocket
	may       map[string]string
}

// What an act is about: nothing in particular; a message, one's own or another's; a
// user, oneself or somebody of a role.
var (
	everybody  = map[string]string{"": "pmo"}
	moderators = map[string]string{"": "mo"}
	organizers = map[string]string{"": "o"}
	anyMessage = map[string]string{"own": "pmo", "other": "pmo"}
	lower      = map[string]string{"self": "", "participant": "mo", "moderator": "o", "organizer": ""}
)

var rights = []right{
	{"listRooms", "GET /v1/rooms", "", "", everybody},
	{"getRoom", "GET /v1/rooms/{room}", "", "", everybody},
	{"putRoom", "PUT /v1/rooms/{room}", `{}`, "", organizers},
	{"deleteRoom", "DELETE /v1/rooms/{room}", "", "", organizers},
	{"listMembers", "GET /v1/rooms/{room}/members", "", "", everybody},
	{"listMessages", "GET /v1/rooms/{room}/messages", "", "", everybody},
	{"getMessage", "GET /v1/rooms/{room}/messages/{id}", "", "", anyMessage},
	{"sendMessage", "POST /v1/rooms/{room}/messages", `{"id":"{new}","text":"x"}`, `{"type":"send","room":"{room}","id":"{new}","text":"x"}`, everybody},
	{"editMessage", "PATCH /v1/rooms/{room}/messages/{id}", `{"text":"y"}`, `{"type":"edit","room":"{room}","id":"{id}","text":"y"}`, map[string]string{"own": "pmo", "other": ""}},
	{"deleteMessage", "DELETE /v1/rooms/{room}/messages/{id}", "", `{"type":"delete","room":"{room}","id":"{id}"}`, map[string]string{"own": "pmo", "other": "mo"}},
	{"pinMessage", "PUT /v1/rooms/{room}/messages/{id}/pin", "", `{"type":"pin","room":"{room}","id":"{id}","on":true}`, map[string]string{"own": "mo", "other": "mo"}},
	{"unpinMessage", "DELETE /v1/rooms/{room}/messages/{id}/pin", "", `{"type":"pin","room":"{room}","id":"{id}","on":false}`, map[string]string{"own": "mo", "other": "mo"}},
	{"addReaction", "PUT /v1/rooms/{room}/messages/{id}/reactions/x", "", `{"type":"react","room":"{room}","id":"{id}","emoji":"x","on":true}`, anyMessage},
	{"removeReaction", "DELETE /v1/rooms/{room}/messages/{id}/reactions/x", "", `{"type":"react","room":"{room}","id":"{id}","emoji":"x","on":false}`, anyMessage},
	{"reportMessage", "POST /v1/rooms/{room}/messages/{id}/report", `{"reason":"x"}`, `{"type":"report","room":"{room}","id":"{id}","reason":"x"}`, anyMessage},
	{"muteUser", "PUT /v1/rooms/{room}/members/{user}/mute", "", `{"type":"moderate","room":"{room}","act":"mute","user":"{user}"}`, lower},
	{"unmuteUser", "DELETE /v1/rooms/{room}/members/{user}/mute", "", `{"type":"moderate","room":"{room}","act":"unmute","user":"{user}"}`, lower},
	{"banUser", "PUT /v1/rooms/{room}/members/{user}/ban", "", `{"type":"moderate","room":"{room}","act":"ban","user":"{user}"}`, lower},
	{"unbanUser", "DELETE /v1/rooms/{room}/members/{user}/ban", "", `{"type":"moderate","room":"{room}","act":"unban","user":"{user}"}`, lower},
	{"removeMember", "DELETE /v1/rooms/{room}/members/{user}", "", `{"type":"moderate","room":"{room}","act":"remove","user":"{user}"}`, lower},
	{"clearUser", "DELETE /v1/rooms/{room}/members/{user}/messages", "", `{"type":"moderate","room":"{room}","act":"clear","user":"{user}"}`, lower},
	{"listSanctions", "GET /v1/rooms/{room}/sanctions", "", "", moderators},
	{"listReports", "GET /v1/rooms/{room}/reports", "", "", moderators},
	{"closeReport", "PATCH /v1/rooms/{room}/reports/{n}", `{"state":"dismissed"}`, "", moderators},
	{"listAudit", "GET /v1/rooms/{room}/audit", "", "", organizers},
	{"", "", "", `{"type":"settings","room":"{room}","slow_mode_s":1}`, moderators},
	{"", "", "", `{"type":"settings","room":"{room}","frozen":true}`, organizers},
	// By the token's general role, which here is that in the rooms.
	{"revokeUser", "PUT /v1/users/{user}/revocation", "", "", map[string]string{"self": "", "nobody": "o"}},
	{"unrevokeUser", "DELETE /v1/users/{user}/revocation", "", "", map[string]string{"self": "", "nobody": "o"}},
}

// Of no room, or, of a room that the token opens, for everybody.
var (
	openOperations = "connect describe health readiness metrics"
	openFrames     = "hello join leave typing read ping"
)

// TestTheMatrixIsComplete: whoever adds a route, a frame or an act has to say who may.
func TestTheMatrixIsComplete(t *testing.T) {
	operations, frames, acts := strings.Fields(openOperations), strings.Fields(openFrames), ""
	for _, r := range rights {
		operations = append(operations, r.operation)
		var f struct{ Type, Act string }
		if r.frame != "" && json.Unmarshal([]byte(r.frame), &f) != nil {
			t.Fatal(r.frame)
		}
		frames = append(frames, f.Type)
		acts += f.Act + " "
	}
	has := func(all []string, one string) bool {
		return strings.Contains(" "+strings.Join(all, " ")+" ", " "+one+" ")
	}
	for _, item := range loadOpenAPI(t, openAPI(t)).Paths.Map() {
		for _, op := range item.Operations() {
			if !has(operations, op.OperationID) {
				t.Errorf("who may %s?", op.OperationID)
			}
		}
	}
	files, err := filepath.Glob("../../protocol/testdata/client/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no frames", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if typ := regexp.MustCompile(`"type":"(\w+)"`).FindSubmatch(data); err != nil || !has(frames, string(typ[1])) {
			t.Errorf("who may send %s? %v", data, err)
		}
	}
	for _, act := range protocol.Acts {
		if !has(strings.Fields(acts), string(act)) {
			t.Errorf("who may %s?", act)
		}
	}
}

// A matrix is a relay, with people who go from room to room: one whose rights are
// looked at, one of every role, and another participant.
type matrix struct {
	*live
	people map[string]*person
	conns  map[string]*chatter
	rooms  int
}

func newMatrix(t *testing.T, role protocol.Role) *matrix {
	m := &matrix{live: startLive(t, hub.Config{FramesPerSecond: 100_000}), people: map[string]*person{}, conns: map[string]*chatter{}}
	join := func(name string, role protocol.Role) {
		m.people[name] = m.person(name, role, "*")
		m.conns[name] = m.people[name].enter()
		m.conns[name].say(protocol.Leave{Room: "lobby"})
	}
	join("self", role)
	join("other", protocol.RoleParticipant)
	for _, role := range []protocol.Role{protocol.RoleParticipant, protocol.RoleModerator, protocol.RoleOrganizer} {
		join(string(role), role)
	}
	return m
}

// room makes a new room with what a right is about in it, and puts the names of these
// into what is asked.
func (m *matrix) room(about, ask string) (room, asked string) {
	m.rooms++
	room = fmt.Sprint("r", m.rooms)
	post := func(who string, n int) {
		m.people[who].ask(201, "POST", "/v1/rooms/"+room+"/messages", sendBody(n, "x"))
	}
	names := []string{"{room}", room, "{new}", sendOf(3).ID}
	switch about {
	case "own":
		post("self", 1)
	case "self", "participant", "moderator", "organizer":
		m.conns[about].say(protocol.Join{Room: room})
		hear[protocol.Joined](m.conns[about])
		m.conns[about].say(protocol.Leave{Room: room})
	default:
		post("other", 1)
	}
	if strings.Contains(ask, "{n}") {
		var report struct{ N int }
		d := m.people["other"].ask(201, "POST", "/v1/rooms/"+room+"/messages/"+sendOf(1).ID+"/report", `{"reason":"x"}`)
		if err := json.Unmarshal([]byte(d.body), &report); err != nil {
			m.t.Fatal(err)
		}
		names = append(names, "{n}", fmt.Sprint(report.N))
	}
	names = append(names, "{id}", sendOf(1).ID, "{user}", about)
	return room, strings.NewReplacer(names...).Replace(ask)
}

// say is what became of a frame.
func (m *matrix) say(about, frame string) protocol.Code {
	c := m.conns["self"]
	room, frame := m.room(about, frame)
	c.say(protocol.Join{Room: room})
	hear[protocol.Joined](c)
	f, err := protocol.DecodeClient([]byte(frame), protocol.Limits{TextBytes: 100})
	if err != nil {
		m.t.Fatal(err)
	}
	c.say(f)
	for {
		var code protocol.Code
		switch f := hear[protocol.RelayFrame](c).(type) {
		case protocol.Error:
			code = f.Code
		case protocol.Changed, protocol.Moderated, protocol.Settings, protocol.Reported:
		default:
			continue
		}
		c.say(protocol.Leave{Room: room})
		return code
	}
}

// request is what became of a request.
func (m *matrix) request(about, request, body string) protocol.Code {
	_, asked := m.room(about, request+"\n"+body)
	request, body, _ = strings.Cut(asked, "\n")
	method, path, _ := strings.Cut(request, " ")
	got := m.site.ask(method, path, body, "Authorization", "Bearer "+m.people["self"].token)
	m.check(m.t, method, path, body, got)
	var problem struct{ Code protocol.Code }
	if got.StatusCode >= 300 {
		if err := json.Unmarshal([]byte(got.body), &problem); err != nil || got.StatusCode != problem.Code.HTTPStatus() {
			m.t.Fatalf("%d %s: %v", got.StatusCode, got.body, err)
		}
	}
	return problem.Code
}

// TestPermissionMatrix: every role by every act, about one's own and that of others,
// over WebSocket and REST.
func TestPermissionMatrix(t *testing.T) {
	describe(t)
	for _, role := range []protocol.Role{protocol.RoleParticipant, protocol.RoleModerator, protocol.RoleOrganizer} {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			m := newMatrix(t, role)
			for _, r := range rights {
				for about, may := range r.may {
					want := protocol.CodeForbidden
					if strings.Contains(may, string(role[0])) {
						want = ""
					}
					if r.frame != "" {
						if got := m.say(about, r.frame); got != want {
							t.Errorf("%s about %q: %q, want %q", r.frame, about, got, want)
						}
					}
					if r.request != "" {
						if got := m.request(about, r.request, r.body); got != want {
							t.Errorf("%s about %q: %q, want %q", r.request, about, got, want)
						}
					}
				}
			}
		})
	}
}
