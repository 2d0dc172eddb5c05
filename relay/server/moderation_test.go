package server_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/rules"
)

const (
	memberPath  = "/v1/rooms/lobby/members/"
	reportsPath = "/v1/rooms/lobby/reports"
	auditPath   = "/v1/rooms/lobby/audit"
)

// as decodes an answer as a document of some type.
func as[D any](t *testing.T, d doc) (v D) {
	t.Helper()
	if err := json.Unmarshal([]byte(d.body), &v); err != nil {
		t.Fatalf("%v in %s", err, d.body)
	}
	return v
}

type sanction struct {
	User, By  protocol.User
	Kind      protocol.Act
	Until, At string
	Reason    string
}

type problem struct {
	Code  protocol.Code
	Why   protocol.Why
	Until string
}

func TestMuteAndBan(t *testing.T) {
	l := startLive(t, hub.Config{})
	mo, ben := l.person("mo", protocol.RoleModerator, "*"), l.person("ben", protocol.RoleParticipant, "*")
	c, m := ben.enter(), mo.enter()
	ben.say(1, "hi")

	asked := time.Now().Truncate(time.Microsecond)
	mute := as[sanction](t, mo.ask(200, "PUT", memberPath+"ben/mute", `{"for_s":600,"reason":"Too <loud>.","later":1}`))
	answered := time.Now()
	until, err := time.Parse(time.RFC3339, mute.Until)
	if err != nil || until.Before(asked.Add(600*time.Second)) || until.After(answered.Add(600*time.Second)) {
		t.Errorf("until %s, asked at %v: %v", mute.Until, asked, err)
	}
	if mute.User != (protocol.User{ID: "ben", Name: "BEN", Role: protocol.RoleParticipant}) || mute.By.ID != "mo" || mute.By.Name != "MO" ||
		mute.Kind != protocol.ActMute || mute.Reason != "Too <loud>." || mute.At == "" {
		t.Errorf("%+v", mute)
	}
	for _, told := range []protocol.Moderated{relaytest.Hear[protocol.Moderated](c), relaytest.Hear[protocol.Moderated](m)} {
		if told.Act != protocol.ActMute || told.User.ID != "ben" || told.Until.String() != mute.Until || told.Reason != mute.Reason || told.By.ID != "mo" {
			t.Errorf("told %+v", told)
		}
	}
	for _, ask := range [][3]string{{"POST", messagesPath, sendBody(2, "but")}, {"PATCH", messagePath(1), `{"text":"ho"}`}, {"PUT", messagePath(1) + thumb, ""}} {
		if p := as[problem](t, ben.ask(403, ask[0], ask[1], ask[2])); p.Code != protocol.CodeForbidden || p.Why != protocol.WhyMuted || p.Until != mute.Until {
			t.Errorf("%v: %+v", ask, p)
		}
	}
	ben.ask(200, "POST", messagesPath, sendBody(1, "hi")) // stored before
	c.Say(relaytest.SendOf(2))
	if e := relaytest.Hear[protocol.Error](c); e.Code != protocol.CodeForbidden || e.Why != protocol.WhyMuted || e.Until.String() != mute.Until || e.ID != relaytest.SendOf(2).ID {
		t.Errorf("refused with %+v", e)
	}
	ben.ask(200, "DELETE", messagePath(1), "")
	mo.ask(204, "DELETE", memberPath+"ben/mute", "")
	mo.ask(204, "DELETE", memberPath+"ben/mute", "")
	ben.say(3, "thanks")

	ban := as[sanction](t, mo.ask(200, "PUT", memberPath+"ben/ban", ""))
	if ban.Until != "" || ban.Reason != "" || ban.Kind != protocol.ActBan {
		t.Errorf("%+v", ban)
	}
	if e := relaytest.Hear[protocol.Error](c); e.Code != protocol.CodeForbidden || e.Why != protocol.WhyBanned || e.Room != "lobby" || e.Until != 0 || e.ID != "" {
		t.Errorf("put out with %+v", e)
	}
	c.Say(protocol.Join{Room: "lobby"})
	if e := relaytest.Hear[protocol.Error](c); e.Why != protocol.WhyBanned || e.Room != "lobby" {
		t.Errorf("kept out with %+v", e)
	}
	if p := as[problem](t, ben.ask(403, "POST", messagesPath, sendBody(4, "hi"))); p.Why != protocol.WhyBanned || p.Until != "" {
		t.Errorf("%+v", p)
	}
	for _, path := range []string{"/v1/rooms/lobby", messagesPath, messagePath(3), memberPath[:len(memberPath)-1]} {
		if p := as[problem](t, ben.ask(403, "GET", path, "")); p.Why != protocol.WhyBanned {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if rooms := ben.ask(200, "GET", "/v1/rooms", "").Rooms; len(rooms) != 0 {
		t.Errorf("the rooms of who is banned: %+v", rooms)
	}
	if bans, err := l.store.Bans(t.Context()); err != nil || len(bans) != 1 || bans[rules.Ban{Room: "lobby", User: "ben"}] != (rules.BanTerms{}) {
		t.Errorf("the store's bans: %v, %v", bans, err)
	}
	list := as[struct{ Sanctions []sanction }](t, mo.ask(200, "GET", "/v1/rooms/lobby/sanctions", ""))
	if len(list.Sanctions) != 1 || list.Sanctions[0] != ban {
		t.Errorf("in force: %+v", list)
	}
	mo.ask(204, "DELETE", memberPath+"ben/ban", "")
	c.Say(protocol.Join{Room: "lobby"})
	relaytest.Hear[protocol.Joined](c)
	ben.ask(200, "GET", messagesPath, "")
	mo.ask(204, "DELETE", memberPath+"ben", "")
	if e := relaytest.Hear[protocol.Error](c); e.Why != protocol.WhyRemoved {
		t.Errorf("removed with %+v", e)
	}
	mo.ask(404, "DELETE", memberPath+"ben", "")
}

// TestAReasonOfWhiteSpace checks that such a reason counts as missing, and a report with it is refused, over REST and
// WebSocket.
func TestAReasonOfWhiteSpace(t *testing.T) {
	l := startLive(t, hub.Config{})
	mo := l.person("mo", protocol.RoleModerator, "*")
	m := mo.enter()
	mo.say(1, "hi")
	const blank = "\u3000\n "
	const body = `{"reason":"\u3000\n "}`
	s := as[sanction](t, mo.ask(200, "PUT", memberPath+"ben/mute", body))
	byREST := relaytest.Hear[protocol.Moderated](m)
	m.Say(protocol.Moderate{Room: "lobby", Act: protocol.ActMute, User: "eve", Reason: blank})
	byFrame := relaytest.Hear[protocol.Moderated](m)
	if s.Reason != "" || byREST.Reason != "" || byREST.User.ID != "ben" || byFrame.Reason != "" || byFrame.User.ID != "eve" {
		t.Errorf("%+v, %+v, %+v", s, byREST, byFrame)
	}
	list := as[struct{ Sanctions []sanction }](t, mo.ask(200, "GET", "/v1/rooms/lobby/sanctions", ""))
	if len(list.Sanctions) != 2 || list.Sanctions[0].Reason != "" || list.Sanctions[1].Reason != "" {
		t.Errorf("stored: %+v", list)
	}
	mo.ask(400, "POST", messagePath(1)+"/report", body)
	m.Say(protocol.Report{Room: "lobby", ID: relaytest.SendOf(1).ID, Reason: blank})
	if e := relaytest.Hear[protocol.Error](m); e.Code != protocol.CodeBadRequest || e.Of != "report" {
		t.Errorf("a report: %+v", e)
	}
}

// TestIDsOfUsers checks percent-encoded ids with any characters.
func TestIDsOfUsers(t *testing.T) {
	l := startLive(t, hub.Config{})
	mo := l.person("mo", protocol.RoleModerator, "*")
	mo.ask(201, "POST", messagesPath, sendBody(1, "makes the room"))
	for _, id := range []string{"a b", "ü/ü", "..", "<script>", "?&#%", strings.Repeat("x", 128)} {
		s := as[sanction](t, mo.ask(200, "PUT", memberPath+url.PathEscape(id)+"/mute", `{}`))
		if s.User != (protocol.User{ID: id, Role: protocol.RoleParticipant}) {
			t.Errorf("muted %+v", s.User)
		}
		mo.ask(204, "DELETE", memberPath+url.PathEscape(id)+"/mute", "")
	}
	for _, id := range []string{strings.Repeat("x", 129), "%00", "%FF", "a%0Ab"} {
		mo.ask(400, "PUT", memberPath+id+"/mute", "")
	}
}

func TestClearAUser(t *testing.T) {
	l := startLive(t, hub.Config{Rate: 0})
	mo, ben := l.person("mo", protocol.RoleModerator, "*"), l.person("ben", protocol.RoleParticipant, "*")
	c, b := mo.enter(), ben.enter()
	const n = rules.ClearMax + 3
	for i := range n {
		b.Say(relaytest.SendOf(i + 1))
	}
	for range n {
		relaytest.Hear[protocol.Changed](b)
	}
	mo.say(n+1, "stays")
	if d := as[struct{ Deleted int }](t, mo.ask(200, "DELETE", memberPath+"ben/messages", "")); d.Deleted != n {
		t.Errorf("deleted %d", d.Deleted)
	}
	if d := as[struct{ Deleted *int }](t, mo.ask(200, "DELETE", memberPath+"ben/messages", "")); d.Deleted == nil || *d.Deleted != 0 {
		t.Errorf("deleted again: %v", d.Deleted)
	}
	for rev := int64(1); rev <= 2*n+1; rev++ {
		if m := relaytest.Hear[protocol.Changed](c).Message; m.Rev != rev || m.Deleted() != (rev > n+1) {
			t.Fatalf("rev %d is %+v", rev, m)
		}
	}
	if f := relaytest.Hear[protocol.Moderated](c); f.Act != protocol.ActClear || f.User.ID != "ben" {
		t.Errorf("told %+v", f)
	}
	page := mo.ask(200, "GET", messagesPath+"?limit=500", "")
	for _, m := range page.Messages {
		if (m.DeletedAt == "") != (m.Sender.ID == "mo") {
			t.Errorf("left over: %s", m.ID)
		}
	}
}

type report struct {
	N        int64
	ID       string
	By       protocol.User
	Reason   string
	State    protocol.ReportState
	ClosedBy string `json:"closed_by"`
	ClosedAt string `json:"closed_at"`
}

type reportPage struct {
	Reports []report
	More    bool
}

func TestReports(t *testing.T) {
	l := startLive(t, hub.Config{})
	mo, ben := l.person("mo", protocol.RoleModerator, "*"), l.person("ben", protocol.RoleParticipant, "*")
	c := mo.enter()
	for n := 1; n <= 3; n++ {
		mo.say(n, "hi")
		r := as[report](t, ben.ask(201, "POST", messagePath(n)+"/report", `{"reason":"rude"}`))
		if r.N == 0 || r.ID != relaytest.SendOf(n).ID || r.By.ID != "ben" || r.Reason != "rude" || r.State != protocol.ReportOpen || r.ClosedBy != "" {
			t.Errorf("%+v", r)
		}
		if again := as[report](t, ben.ask(200, "POST", messagePath(n)+"/report", `{"reason":"very"}`)); again != r {
			t.Errorf("again: %+v", again)
		}
		if f := relaytest.Hear[protocol.Reports](c); f.Open != int64(n) {
			t.Errorf("told %+v", f)
		}
	}
	ben.ask(404, "POST", messagePath(9)+"/report", `{"reason":"rude"}`)
	for _, body := range []string{`{}`, `{"reason":""}`, `{"reason":" "}`, `{"reason":1}`, ``, `[]`, `{"reason":"\u0000"}`} {
		ben.ask(400, "POST", messagePath(1)+"/report", body)
	}
	ben.ask(413, "POST", messagePath(1)+"/report", `{"reason":"`+strings.Repeat("x", 501)+`"}`)

	first := as[reportPage](t, mo.ask(200, "GET", reportsPath+"?limit=2", ""))
	if len(first.Reports) != 2 || !first.More || first.Reports[0].ID != relaytest.SendOf(3).ID {
		t.Fatalf("the newest: %+v", first)
	}
	last := first.Reports[1]
	rest := as[reportPage](t, mo.ask(200, "GET", reportsPath+"?before="+number(last.N), ""))
	if len(rest.Reports) != 1 || rest.More || rest.Reports[0].ID != relaytest.SendOf(1).ID {
		t.Errorf("before %d: %+v", last.N, rest)
	}
	one := reportsPath + "/" + number(last.N)
	for _, body := range []string{`{}`, `{"state":"open"}`, `{"state":"x"}`, `{"state":1}`, ``} {
		mo.ask(400, "PATCH", one, body)
	}
	closed := as[report](t, mo.ask(200, "PATCH", one, `{"state":"resolved"}`))
	if closed.State != protocol.ReportResolved || closed.ClosedBy != "mo" || closed.ClosedAt == "" || closed.N != last.N {
		t.Errorf("closed: %+v", closed)
	}
	if f := relaytest.Hear[protocol.Reports](c); f.Open != 2 {
		t.Errorf("told %+v", f)
	}
	mo.ask(200, "PATCH", one, `{"state":"resolved"}`)
	mo.ask(409, "PATCH", one, `{"state":"dismissed"}`)
	mo.ask(404, "PATCH", reportsPath+"/999999", `{"state":"dismissed"}`)
	for _, n := range []string{"0", "-1", "x", "1.5"} {
		mo.ask(400, "PATCH", reportsPath+"/"+n, `{"state":"dismissed"}`)
	}
	for state, want := range map[string]int{"open": 2, "resolved": 1, "dismissed": 0} {
		if p := as[reportPage](t, mo.ask(200, "GET", reportsPath+"?state="+state, "")); len(p.Reports) != want {
			t.Errorf("%s: %+v", state, p)
		}
	}
	for _, query := range []string{"state=x", "state=", "limit=0", "limit=501", "before=x", "before=1&before=2", "x=1", "a;b", "after=1"} {
		mo.ask(400, "GET", reportsPath+"?"+query, "")
	}
}

// entry is an entry of the audit.
type entry struct {
	N       int64
	By      protocol.User
	Act     string
	User    string
	ID      string
	Details map[string]any
}

func TestAudit(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, mo := l.person("ada", protocol.RoleOrganizer, "*"), l.person("mo", protocol.RoleModerator, "*")
	ada.ask(201, "PUT", "/v1/rooms/lobby", `{"title":"Lobby"}`)
	ada.say(1, "hi")
	mo.ask(200, "PUT", messagePath(1)+"/pin", "")
	mo.ask(200, "PUT", memberPath+"ben/mute", `{"reason":"Spam."}`)
	mo.ask(200, "DELETE", messagePath(1), "")
	ada.ask(204, "DELETE", "/v1/rooms/lobby", "")

	type page struct {
		Entries []entry
		More    bool
	}
	all := as[page](t, ada.ask(200, "GET", auditPath, ""))
	acts := ""
	for _, e := range all.Entries {
		acts += e.Act + " by " + e.By.ID + ", "
	}
	if acts != "drop by ada, delete by mo, mute by mo, pin by mo, configure by ada, " || all.More {
		t.Fatalf("%s, more %v", acts, all.More)
	}
	if e := all.Entries[2]; e.User != "ben" || e.Details["reason"] != "Spam." || e.By.Role != protocol.RoleModerator {
		t.Errorf("%+v", e)
	}
	if e := all.Entries[1]; e.ID != relaytest.SendOf(1).ID {
		t.Errorf("%+v", e)
	}
	two := as[page](t, ada.ask(200, "GET", auditPath+"?limit=2&before="+number(all.Entries[0].N), ""))
	if len(two.Entries) != 2 || !two.More || two.Entries[0].Act != "delete" {
		t.Errorf("%+v", two)
	}
	for _, query := range []string{"state=open", "limit=0", "before=x", "x=1"} {
		ada.ask(400, "GET", auditPath+"?"+query, "")
	}
}

func TestRulesOfARoom(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, ben := l.person("ada", protocol.RoleOrganizer, "*"), l.person("ben", protocol.RoleParticipant, "*")
	c := ben.enter()
	for _, settings := range []string{
		`{"slow_mode_s":-1}`, `{"slow_mode_s":3601}`, `{"slow_mode_s":"1"}`, `{"frozen":1}`, `{"archived":"yes"}`, `{"retention_s":59}`, `{"retention_s":1.5}`,
	} {
		ada.ask(400, "PUT", "/v1/rooms/lobby", `{"settings":`+settings+`}`)
	}
	ada.ask(200, "PUT", "/v1/rooms/lobby", `{"settings":{"slow_mode_s":3600,"frozen":false,"retention_s":60,"mine":[1]}}`)
	if f := relaytest.Hear[protocol.Settings](c); f != (protocol.Settings{Room: "lobby", SlowModeS: 3600}) {
		t.Errorf("told %+v", f)
	}
	ben.say(1, "one")
	r := l.site.ask("POST", messagesPath, sendBody(2, "two"), "Authorization", "Bearer "+ben.token)
	l.check(t, "POST", messagesPath, sendBody(2, "two"), r)
	if p := as[problem](t, doc{body: r.body}); r.StatusCode != 429 || p.Code != protocol.CodeRateLimited || p.Why != protocol.WhySlowMode || r.Header.Get("Retry-After") != "3600" {
		t.Errorf("%d %+v, Retry-After %s", r.StatusCode, p, r.Header.Get("Retry-After"))
	}
	c.Say(relaytest.SendOf(2))
	if e := relaytest.Hear[protocol.Error](c); e.Code != protocol.CodeRateLimited || e.Why != protocol.WhySlowMode || e.RetryAfterMs < 3_590_000 {
		t.Errorf("refused with %+v", e)
	}
	a := ada.enter()
	if f := relaytest.Hear[protocol.Settings](a); f.SlowModeS != 3600 {
		t.Errorf("behind joined: %+v", f)
	}
	frozen := true
	a.Say(protocol.Adjust{Room: "lobby", Frozen: &frozen})
	if f := relaytest.Hear[protocol.Settings](c); !f.Frozen || f.SlowModeS != 3600 {
		t.Errorf("told %+v", f)
	}
	if got := ada.ask(200, "GET", "/v1/rooms/lobby", ""); string(got.Settings) != `{"slow_mode_s":3600,"frozen":true,"retention_s":60,"mine":[1]}` {
		t.Errorf("settings are %s", got.Settings)
	}
	if p := as[problem](t, ben.ask(403, "POST", messagesPath, sendBody(3, "x"))); p.Why != protocol.WhyFrozen {
		t.Errorf("%+v", p)
	}
	ada.say(4, "the organizer writes")
	ada.ask(200, "PUT", "/v1/rooms/lobby", `{"settings":{"archived":true}}`)
	if p := as[problem](t, ada.ask(403, "POST", messagesPath, sendBody(5, "x"))); p.Why != protocol.WhyArchived {
		t.Errorf("%+v", p)
	}
	ben.ask(200, "GET", messagesPath, "")
}

func TestRevocation(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, ben := l.person("ada", protocol.RoleOrganizer, "*"), l.person("ben", protocol.RoleParticipant, "*")
	c := ben.enter()
	ada.ask(204, "PUT", "/v1/users/ben/revocation", "")
	if e := relaytest.Hear[protocol.Error](c); e.Why != protocol.WhyRevoked {
		t.Errorf("told %+v", e)
	}
	c.WantClose(protocol.ClosePutOut)
	ada.ask(403, "PUT", "/v1/users/ada/revocation", "")

	issued := func(at time.Time) *person {
		claims := auth.Claims{Sub: "ben", Role: protocol.RoleParticipant, Rooms: auth.Rooms{{Pattern: "*", Role: protocol.RoleParticipant}}, IssuedAt: at}
		token, err := l.keeper.Issue(claims, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return &person{l, token}
	}
	for _, old := range []*person{ben, issued(time.Now().Add(-time.Minute))} {
		r := old.site.ask("GET", messagesPath, "", "Authorization", "Bearer "+old.token)
		if p := as[problem](t, doc{body: r.body}); r.StatusCode != 401 || p.Why != protocol.WhyRevoked || !strings.HasPrefix(r.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
	}
	fresh := issued(time.Now().Add(2 * time.Second)) // within the leeway
	fresh.ask(200, "GET", messagesPath, "")
	fresh.enter()
	ada.ask(204, "DELETE", "/v1/users/ben/revocation", "")
	ada.ask(204, "DELETE", "/v1/users/ben/revocation", "")
	ben.ask(200, "GET", messagesPath, "")
	ben.enter()
}
