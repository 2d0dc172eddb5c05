package hub_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// A listener is a connection that sends random frames and checks all frames that it gets.
type listener struct {
	t      *rapid.T
	conn   *fakeConn
	user   string
	joined bool
	epoch  string
	rev    int64 // the last rev that it got in epoch
	read   int64
	rules  protocol.Settings // the last ones it got
	muted  bool              // the last state it got
	gaps   *bool             // results were lost: a rev may be left out

	// typing holds the times at which each connection last heard of each user. All share it. It is cleared whenever a
	// connection ends, because the hub forgets users who have left.
	typing map[[2]string]time.Time
}

func (l *listener) take(f protocol.ClientFrame) {
	l.conn.world.Received(l.conn.world.now, l.conn.session, protocol.Encode(f))
}

func (l *listener) heard(data []byte) {
	frame, err := protocol.DecodeRelay(data)
	if err != nil {
		l.t.Fatalf("%s: %v", data, err)
	}
	switch f := frame.(type) {
	case protocol.Joined:
		l.hearJoined(f)
	case protocol.Changed:
		l.hearChange(f)
	case protocol.Read:
		if !l.joined || f.Seq <= l.read || f.Seq > l.conn.world.epochs[l.epoch].furthest[l.user] {
			l.t.Fatalf("%s, whose marker was at %d, hears %s", l.conn.name, l.read, data)
		}
		l.read = f.Seq
	case protocol.Typist:
		now := l.conn.world.now
		key := [2]string{l.conn.name, f.User.ID}
		if last := l.typing[key]; !l.joined || f.User.ID == l.user || now.Sub(last) < 2500*time.Millisecond {
			l.t.Fatalf("%s hears %s, last told at %v", l.conn.name, data, last)
		}
		l.typing[key] = now
	case protocol.Settings:
		l.here(data)
		l.rules = f
	case protocol.Moderated:
		l.here(data)
		if f.User.ID == l.user && (f.Act == protocol.ActMute || f.Act == protocol.ActUnmute) {
			l.muted = f.Act == protocol.ActMute
		}
	case protocol.Reports, protocol.Reported:
		l.here(data)
	case protocol.Error:
		if f.ID == "" && f.Of == "" && (f.Code == protocol.CodeNotFound || f.Why == protocol.WhyBanned || f.Why == protocol.WhyRemoved) {
			l.joined = false
			clear(l.typing)
		}
	}
}

// here checks that a frame about a room comes only to its members.
func (l *listener) here(data []byte) {
	if !l.joined {
		l.t.Fatalf("%s hears %s, and has not joined", l.conn.name, data)
	}
}

// hearJoined checks that no rev is missing between two joins in one epoch.
func (l *listener) hearJoined(f protocol.Joined) {
	room := l.conn.world.epochs[f.Epoch]
	switch {
	case room == nil || f.Head > room.head || f.Read > room.furthest[l.user]:
		l.t.Fatalf("%s is joined to what is not stored: %+v", l.conn.name, f)
	case l.joined && f.Epoch != l.epoch:
		l.t.Fatalf("%s goes on from life %s in %s", l.conn.name, l.epoch, f.Epoch)
	case l.joined && (f.Head != l.rev || f.Read < l.read):
		l.t.Fatalf("%s, at rev %d and read to %d, joins again: %+v", l.conn.name, l.rev, l.read, f)
	}
	l.joined, l.epoch, l.rev, l.read = true, f.Epoch, f.Head, f.Read
	l.rules = protocol.Settings{Room: "lobby"}
	l.muted = f.Muted
}

// hearChange checks that each frame shows a stored change, and that every rev comes in order.
func (l *listener) hearChange(f protocol.Changed) {
	m, revs := &f.Message, l.conn.world.epochs[l.epoch].revs
	switch {
	case !l.joined:
		l.t.Fatalf("%s hears of rev %d, and has not joined", l.conn.name, m.Rev)
	case m.Rev > int64(len(revs)) || revs[m.Rev-1] != string(m.Append(nil)):
		l.t.Fatalf("%s hears of what is not stored: %s", l.conn.name, m.Append(nil))
	case m.Rev > l.rev+1 && !*l.gaps:
		l.t.Fatalf("%s hears of rev %d after %d", l.conn.name, m.Rev, l.rev)
	}
	l.rev = max(l.rev, m.Rev)
}

// act draws a frame.
func (l *listener) act(t *rapid.T) {
	id := fmt.Sprintf(idFormat, rapid.IntRange(1, 3).Draw(t, "id"))
	emoji := rapid.SampledFrom([]string{"👍", "🎉"}).Draw(t, "emoji")
	on := rapid.Bool().Draw(t, "on")
	l.take(rapid.SampledFrom([]protocol.ClientFrame{
		protocol.Send{Room: "lobby", ID: id, Text: "x"},
		protocol.Edit{Room: "lobby", ID: id, Text: emoji},
		protocol.Delete{Room: "lobby", ID: id},
		protocol.React{Room: "lobby", ID: id, Emoji: emoji, On: on},
		protocol.Pin{Room: "lobby", ID: id, On: on},
		protocol.Read{Room: "lobby", Seq: rapid.Int64Range(0, 9).Draw(t, "seq")},
		protocol.Typing{Room: "lobby"},
		protocol.Join{Room: "lobby"},
		protocol.Report{Room: "lobby", ID: id, Reason: "x"},
		moderate(t),
	}).Draw(t, "frame"))
}

// moderate draws an act about a user.
func moderate(t *rapid.T) protocol.Moderate {
	return protocol.Moderate{
		Room: "lobby", Act: rapid.SampledFrom(protocol.Acts[:]).Draw(t, "act"),
		User:  rapid.SampledFrom([]string{"ada", "bob", "mod"}).Draw(t, "user"),
		ForMs: rapid.Int64Range(0, 2000).Draw(t, "for"),
	}
}

func (l *listener) leave() {
	l.take(protocol.Leave{Room: "lobby"})
	l.joined = false
	clear(l.typing)
}

// TestChangesAreSentAsStored checks that all members get every rev in order and nothing else, for random changes
// and failures, across epochs of a room; and that a page from the window equals the store's.
func TestChangesAreSentAsStored(t *testing.T) {
	pages := 0
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(hub.Config{})
		gaps := false
		var all []*listener
		typing := map[[2]string]time.Time{}
		for i, token := range []string{"ada", "ada", "bob", "mod role=moderator"} {
			l := &listener{t: t, conn: w.open(fmt.Sprint(token[:3], i)), user: token[:3], gaps: &gaps, typing: typing}
			l.conn.heard = l.heard
			l.take(protocol.Hello{Token: token})
			l.take(protocol.Join{Room: "lobby"})
			all = append(all, l)
		}
		boss, _ := fakeVerifier{}.Verify(w.now, netip.Addr{}, "boss role=organizer")
		rest := func(do rules.Action) { w.Change(w.now, boss, rules.Op{Room: "lobby", Do: do}, func(rules.Outcome) {}) }
		t.Repeat(map[string]func(*rapid.T){
			"act":  func(t *rapid.T) { rapid.SampledFrom(all).Draw(t, "who").act(t) },
			"act2": func(t *rapid.T) { rapid.SampledFrom(all).Draw(t, "who").act(t) },
			"leave": func(t *rapid.T) {
				rapid.SampledFrom(all).Draw(t, "who").leave()
			},
			"drop": func(t *rapid.T) {
				if rapid.IntRange(0, 3).Draw(t, "rarely") == 0 {
					rest(rules.Drop{})
				}
			},
			"erase": func(t *rapid.T) {
				w.eraseAll(rapid.SampledFrom([]string{"ada", "bob", "mod"}).Draw(t, "user") + rapid.SampledFrom([]string{"", " in lobby"}).Draw(t, "where"))
			},
			"moderate": func(t *rapid.T) { rest(hub.ModerateOp(w.now, moderate(t)).Do) },
			"rules": func(t *rapid.T) {
				slow, frozen := rapid.Int64Range(0, 1).Draw(t, "slow"), rapid.Bool().Draw(t, "frozen")
				rest(rules.Adjust{Adjust: protocol.Adjust{SlowModeS: &slow, Frozen: &frozen}})
			},
			"resolve": func(*rapid.T) { rest(rules.Resolve{N: 1, State: protocol.ReportResolved}) },
			"end": func(t *rapid.T) {
				if w.batch == nil {
					return
				}
				end := rapid.SampledFrom([]string{"commit", "commit", "commit", "fail", "lose"}).Draw(t, "how")
				gaps = gaps || end == "lose"
				map[string]func(){"commit": w.commit, "fail": w.fail, "lose": w.lose}[end]()
			},
			"wait": func(t *rapid.T) {
				w.wait(time.Duration(rapid.IntRange(1, 3000).Draw(t, "ms")) * time.Millisecond)
				for _, l := range all {
					w.Alive(w.now, l.conn.session)
				}
			},
			"": func(t *rapid.T) { pages += checkWindow(t, w, gaps) },
		})
		for w.batch != nil {
			w.commit()
		}
		// The room's next change reveals everything that was lost.
		rest(rules.Send{Send: protocol.Send{Room: "lobby", ID: fmt.Sprintf(idFormat, 99), Text: "last"}})
		w.commit()
		r := w.store.Life("lobby")
		settings, _ := w.store.Settings(context.Background(), "lobby")
		for _, l := range all {
			if l.joined {
				l.take(protocol.Join{Room: "lobby"}) // answered from memory
			}
			if l.joined && (l.epoch != r.Epoch() || l.rev != r.Head() || !gaps && l.read != r.MarkerOf(l.user)) {
				t.Fatalf("%s ends in %s at rev %d, read to %d; the room is in %s at %d, read to %d",
					l.conn.name, l.epoch, l.rev, l.read, r.Epoch(), r.Head(), r.MarkerOf(l.user))
			}
			if l.joined && !gaps && (l.rules.SlowModeS != settings.SlowModeS || l.rules.Frozen != settings.Frozen) {
				t.Fatalf("%s was told %+v, the room is %+v", l.conn.name, l.rules, settings)
			}
			if muted := w.sanctioned(l.user, protocol.ActMute); l.joined && l.muted != muted && !gaps {
				t.Fatalf("%s was told muted: %v", l.conn.name, l.muted)
			}
			if banned := w.sanctioned(l.user, protocol.ActBan); l.joined && banned && !gaps {
				t.Fatalf("%s is banned, and here", l.conn.name)
			}
		}
	})
	if pages == 0 {
		t.Error("no page came from a window")
	}
}

// checkWindow compares pages of the window with the store's, when the hub has heard of all commits; it returns their
// number.
func checkWindow(t *rapid.T, w *world, gaps bool) (pages int) {
	window, room := w.Windows().Of("lobby"), w.store.Life("lobby")
	if window == nil || room.Epoch() == "" || gaps {
		return 0
	}
	for _, q := range []rules.Query{{Kind: rules.QueryNewest, Limit: 3}, {Kind: rules.QuerySince, At: room.Head() / 2, Limit: 9}} {
		for _, user := range []string{"", "ada", "bob"} {
			got, ok := window.Page(q, user)
			if !ok {
				continue
			}
			pages++
			want := w.page(q, user)
			if string(got) != string(want.Append(nil)) {
				t.Fatalf("%+v for %q:\n got %s\nwant %s", q, user, got, want.Append(nil))
			}
		}
	}
	return pages
}

// TestPermissions tries every act in every role, on another user's message.
func TestPermissions(t *testing.T) {
	const none, own, every = 0, 1, 2 // own: the store decides, from the sender
	id := fmt.Sprintf(idFormat, 1)
	for _, c := range []struct {
		do      rules.Action
		allowed [3]int // participant, moderator, organizer
	}{
		{rules.Open{}, [3]int{none, none, none}}, // clients cannot ask for it
		{rules.Read{Seq: 1}, [3]int{none, none, none}},
		{rules.Erase{User: "ada"}, [3]int{none, none, none}},
		{rules.Forget{User: "ada"}, [3]int{none, none, none}},
		{rules.See{}, [3]int{none, none, none}},
		{rules.Send{Send: sendOf(2, "x")}, [3]int{every, every, every}},
		{rules.Edit{ID: id, Text: "x"}, [3]int{own, own, own}},
		{rules.Delete{ID: id}, [3]int{own, every, every}},
		{rules.React{ID: id, Emoji: "x", On: true}, [3]int{every, every, every}},
		{rules.Pin{ID: id, On: true}, [3]int{none, every, every}},
		{rules.Configure{Title: "x"}, [3]int{none, none, every}},
		{rules.Drop{}, [3]int{none, none, every}},
		{rules.Adjust{Adjust: protocol.Adjust{SlowModeS: new(int64)}}, [3]int{none, every, every}},
		{rules.Adjust{Adjust: protocol.Adjust{Frozen: new(bool)}}, [3]int{none, none, every}},
		{rules.Moderate{Act: protocol.ActMute, User: "ada"}, [3]int{none, every, every}},
		{rules.Report{ID: id, Reason: "x"}, [3]int{every, every, every}},
		{rules.Resolve{N: 1, State: protocol.ReportResolved}, [3]int{none, every, every}},
		{rules.Revoke{User: "ada", On: true}, [3]int{none, none, every}},
	} {
		for i, role := range []protocol.Role{protocol.RoleParticipant, protocol.RoleModerator, protocol.RoleOrganizer} {
			w := newWorld(hub.Config{})
			ada := w.member("ada")
			ada.take(sendOf(1, "hi"))
			w.commit()
			ada.take(protocol.Report{Room: "lobby", ID: id, Reason: "x"})
			w.commit()
			bob, _ := fakeVerifier{}.Verify(w.now, netip.Addr{}, "bob role="+string(role))
			var code protocol.Code
			w.Change(w.now, bob, rules.Op{Room: "lobby", Do: c.do}, func(o rules.Outcome) { code = o.Code })
			asked := w.batch != nil
			if asked {
				w.commit()
			}
			if want := c.allowed[i]; asked != (want != none) || (code == "") != (want == every) || code != "" && code != protocol.CodeForbidden {
				t.Errorf("%T by a %s: asked the store %v, code %q", c.do, role, asked, code)
			}
		}
	}
}

// TestWindowOfTheNextLife checks that the window serves a room that is made again after a drop.
func TestWindowOfTheNextLife(t *testing.T) {
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	ada.take(sendOf(1, "before"))
	w.commit()
	boss, _ := fakeVerifier{}.Verify(w.now, netip.Addr{}, "boss role=organizer")
	w.Change(w.now, boss, rules.Op{Room: "lobby", Do: rules.Drop{}}, func(rules.Outcome) {})
	w.commit()
	if w.Windows().Of("lobby") != nil {
		t.Error("the window of a room that is no more")
	}
	ada.take(protocol.Join{Room: "lobby"})
	ada.take(sendOf(2, "after"))
	w.Change(w.now, boss, rules.Op{Room: "lobby", Do: rules.Drop{}}, func(rules.Outcome) {})
	ada.take(protocol.Join{Room: "lobby"})
	ada.take(sendOf(3, "last"))
	for w.batch != nil {
		w.commit()
	}
	q := rules.Query{Kind: rules.QuerySince, Limit: 9}
	page, ok := w.Windows().Of("lobby").Page(q, "")
	if want := w.page(q, ""); !ok || len(want.Messages) == 0 || string(page) != string(want.Append(nil)) {
		t.Errorf("%v\n got %s\nwant %s", ok, page, want.Append(nil))
	}
}
