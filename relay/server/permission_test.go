package server_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"hallway/protocol"
)

// A right is one line of the permission matrix: a request, over REST and WebSocket, and the askers who may make it, by
// what it is about. An asker is a letter: a without a token, n with a token that does not open the room, and p, m, o by
// the role in the room.
type right struct {
	operation string // the id in the OpenAPI document, which has method and path; "": not over REST
	body      string
	frame     string // "": not over WebSocket
	may       map[string]string
	kind      kind
}

// A kind of right decides which sanctions stop it.
type kind int

const (
	manages kind = iota // about the room, and of none of the following kinds
	reads
	writes // forbidden to muted users
	enters
	beside  // about no room
	rulings // about no room; the role of the token's pattern * counts
)

// The things that a right may be about: nothing in particular; a message of the asker or of a user with a role; the
// asker, a user with a role, or a user who never came.
var (
	everybody  = map[string]string{"": "pmo"}
	moderators = map[string]string{"": "mo"}
	organizers = map[string]string{"": "o"}
	anybody    = map[string]string{"": "anpmo"}
	ownMessage = map[string]string{"own": "pmo", "participant": "", "moderator": "", "organizer": ""}
	anyMessage = map[string]string{"own": "pmo", "participant": "pmo", "moderator": "pmo", "organizer": "pmo"}
	othersToo  = map[string]string{"own": "pmo", "participant": "mo", "moderator": "mo", "organizer": "mo"}
	leaders    = map[string]string{"own": "mo", "participant": "mo", "moderator": "mo", "organizer": "mo"}
	lower      = map[string]string{"self": "", "stranger": "mo", "participant": "mo", "moderator": "o", "organizer": ""}
	joined     = map[string]string{"self": "", "participant": "mo", "moderator": "o", "organizer": ""}
)

var rights = []right{
	{"listRooms", "", "", map[string]string{"": "npmo"}, beside},
	{"getRoom", "", "", everybody, reads},
	{"putRoom", "{}", "", organizers, manages},
	{"deleteRoom", "", "", organizers, manages},
	{"listMembers", "", "", everybody, reads},
	{"listMessages", "", "", everybody, reads},
	{"getMessage", "", "", anyMessage, reads},
	{"sendMessage", `{"id":"{new}","text":"x"}`, `{"type":"send","room":"{room}","id":"{new}","text":"x"}`, everybody, writes},
	{"editMessage", `{"text":"y"}`, `{"type":"edit","room":"{room}","id":"{id}","text":"y"}`, ownMessage, writes},
	{"deleteMessage", "", `{"type":"delete","room":"{room}","id":"{id}"}`, othersToo, manages},
	{"pinMessage", "", `{"type":"pin","room":"{room}","id":"{id}","on":true}`, leaders, manages},
	{"unpinMessage", "", `{"type":"pin","room":"{room}","id":"{id}","on":false}`, leaders, manages},
	{"addReaction", "", `{"type":"react","room":"{room}","id":"{id}","emoji":"x","on":true}`, anyMessage, writes},
	{"removeReaction", "", `{"type":"react","room":"{room}","id":"{id}","emoji":"x","on":false}`, anyMessage, writes},
	{"listReactors", "", "", anyMessage, reads},
	{"reportMessage", `{"reason":"x"}`, `{"type":"report","room":"{room}","id":"{id}","reason":"x"}`, anyMessage, manages},
	{"muteUser", "", `{"type":"moderate","room":"{room}","act":"mute","user":"{user}"}`, lower, manages},
	{"unmuteUser", "", `{"type":"moderate","room":"{room}","act":"unmute","user":"{user}"}`, lower, manages},
	{"banUser", "", `{"type":"moderate","room":"{room}","act":"ban","user":"{user}"}`, lower, manages},
	{"unbanUser", "", `{"type":"moderate","room":"{room}","act":"unban","user":"{user}"}`, lower, manages},
	{"removeMember", "", `{"type":"moderate","room":"{room}","act":"remove","user":"{user}"}`, joined, manages},
	{"clearUser", "", `{"type":"moderate","room":"{room}","act":"clear","user":"{user}"}`, lower, manages},
	{"listSanctions", "", "", moderators, reads},
	{"listReports", "", "", moderators, reads},
	{"closeReport", `{"state":"dismissed"}`, "", moderators, manages},
	{"listAudit", "", "", organizers, reads},
	{"listTurns", "", "", everybody, reads},
	{"listDevices", "", "", everybody, reads},
	{"", "", `{"type":"settings","room":"{room}","slow_mode_s":1}`, moderators, manages},
	{"", "", `{"type":"settings","room":"{room}","frozen":true}`, organizers, manages},
	{"", "", `{"type":"join","room":"{room}"}`, everybody, enters},
	{"", "", `{"type":"typing","room":"{room}"}`, everybody, enters},
	{"", "", `{"type":"read","room":"{room}","seq":1}`, everybody, enters},
	{"", "", `{"type":"ping"}`, map[string]string{"": "npmo"}, beside},
	{"revokeUser", "", "", map[string]string{"self": "", "stranger": "o"}, rulings},
	{"unrevokeUser", "", "", map[string]string{"self": "", "stranger": "o"}, rulings},
	{"describe", "", "", anybody, beside},
	{"health", "", "", anybody, beside},
	{"readiness", "", "", anybody, beside},
	{"metrics", "", "", anybody, beside},
}

// The frames and routes that every client may use: to connect, to say hello, and to leave. TestFilePermissions
// tests files, whose permissions depend on the uploader. TestEncryptedRoom of package main tests devices and keys.
const (
	openOperations = "connect uploadFile getFile linkFile deleteDevice"
	openFrames     = "Hello Leave Register MakeTurn HandOn Want"
)

// operations returns the operations of the OpenAPI document: method and path by id.
func operations(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for path, item := range loadOpenAPI(t, openAPI(t)).Paths.Map() {
		for method, op := range item.Operations() {
			found[op.OperationID] = method + " " + path
			if op.OperationID == "listReactors" { // it needs an emoji
				found[op.OperationID] += "?emoji=x"
			}
		}
	}
	return found
}

// clientFrames returns the types of a client's frames.
func clientFrames(t *testing.T) (names []string) {
	t.Helper()
	for _, name := range []string{"client_frame.go", "e2ee_frame.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), "../../protocol/"+name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "clientFrame" {
				names = append(names, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	return names
}

// TestTheMatrixIsComplete checks that the matrix has every route, frame and act.
func TestTheMatrixIsComplete(t *testing.T) {
	known := map[string]bool{}
	for _, name := range strings.Fields(openOperations + " " + openFrames) {
		known[name] = true
	}
	for _, r := range rights {
		known[r.operation] = true
		if r.frame != "" {
			f := r.decode(t, r.frame)
			known[reflect.TypeOf(f).Name()] = true
			if m, ok := f.(protocol.Moderate); ok {
				known[string(m.Act)] = true
			}
		}
	}
	need := clientFrames(t)
	if len(need) < 18 {
		t.Fatal("the frames are not found:", need)
	}
	for id, request := range operations(t) {
		need = append(need, id)
		for _, r := range rights {
			for about, param := range map[string]string{"own": "{id}", "self": "{user}"} {
				if _, told := r.may[about]; r.operation == id && told != strings.Contains(request, param) {
					t.Errorf("who may %s about %s?", id, about)
				}
			}
		}
	}
	for _, act := range protocol.Acts {
		need = append(need, string(act))
	}
	for _, name := range need {
		if !known[name] {
			t.Errorf("who may %s?", name)
		}
	}
}

// decode returns a frame with values in place of the names.
func (r *right) decode(t *testing.T, frame string) protocol.ClientFrame {
	t.Helper()
	frame = strings.NewReplacer("{room}", "lobby", "{id}", messageID, "{new}", messageID, "{user}", "u").Replace(frame)
	f, err := protocol.DecodeClient([]byte(frame), protocol.Limits{TextBytes: 100})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// An asker is a user whose permissions are tested.
type asker struct {
	general protocol.Role // the token's role outside its rooms; "": there is no token
	room    protocol.Role // "": the token opens another room, as organizer
}

// askers returns all kinds of askers.
func askers() []asker {
	all := []asker{{}}
	for _, general := range allRoles {
		for _, room := range append([]protocol.Role{""}, allRoles...) {
			all = append(all, asker{general, room})
		}
	}
	return all
}

var allRoles = []protocol.Role{protocol.RoleParticipant, protocol.RoleModerator, protocol.RoleOrganizer}

func (a asker) String() string {
	if a.general == "" {
		return "without a token"
	}
	return fmt.Sprintf("%s by token, %q in the room", a.general, a.room)
}

// code returns the code that the asker must get.
func (a asker) code(r *right, may string) protocol.Code {
	role := a.room // the role of the pattern *, or ""
	letter, no := "n", protocol.CodeForbidden
	switch {
	case a.general == "":
		letter, no = "a", protocol.CodeUnauthorized
	case role != "":
		letter = string(role[:1])
	}
	if strings.Contains(may, letter) {
		return ""
	}
	return no
}

// TestPermissionMatrix tries all askers with all requests about all things, over WebSocket and REST.
func TestPermissionMatrix(t *testing.T) {
	describe(t)
	described := operations(t)
	for _, a := range askers() {
		t.Run(a.String(), func(t *testing.T) {
			t.Parallel()
			m := newMatrix(t, described, a)
			tokens := []string{m.people["self"].token}
			if a.general == "" {
				tokens = append(tokens, m.people["organizer"].token+"x")
			}
			for _, r := range rights {
				for about, may := range r.may {
					want := a.code(&r, may)
					if r.frame != "" {
						if got := m.say(about, r.frame).Code; got != want {
							t.Errorf("%s about %q: %q, want %q", r.frame, about, got, want)
						}
					}
					for _, token := range tokens {
						if r.operation == "" {
							break
						}
						if got := m.request(about, r.operation, r.body, token).Code; got != want {
							t.Errorf("%s about %q: %q, want %q", r.operation, about, got, want)
						}
					}
				}
			}
		})
	}
}
