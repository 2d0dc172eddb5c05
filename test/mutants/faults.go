package main

import "regexp"

// The checks, the cheapest first.
var (
	inCore       = testsOf("the core's tests", "component/client/core")
	inHub        = testsOf("the hub's tests", "relay/hub")
	inStore      = testsOf("the store's suite", "store/sqlite")
	inSimulation = check{
		name:  "the simulation",
		build: []string{"build", "./test/simulation/cmd"},
		run:   []string{"-seeds", "2500", "-first"},
		says:  regexp.MustCompile(`(?m)seed \d+, .*$`),
	}
)

func testsOf(name, folder string) check {
	return check{
		name:  name,
		build: []string{"test", "-c", "-vet=off", "./" + folder},
		run:   []string{"-test.failfast", "-rapid.nofailfile", "-rapid.shrinktime=100ms"},
		in:    folder,
		says:  regexp.MustCompile(`--- FAIL: \S+/\S+|--- FAIL: \S+|panic: .*`),
	}
}

// A mutant is one fault: in file, old becomes new.
type mutant struct {
	name   string
	file   string
	old    string
	new    string
	checks []check // that should notice it; the first that does ends the try
}

const (
	outboxFile     = "component/client/core/outbox.go"
	tabsFile       = "component/client/core/tabs.go"
	catchupFile    = "component/client/core/catchup.go"
	timelineFile   = "component/client/core/timeline.go"
	asideFile      = "component/client/core/aside.go"
	mineFile       = "component/client/core/mine.go"
	changesFile    = "component/client/core/changes.go"
	readingFile    = "component/client/core/reading.go"
	pinnedFile     = "component/client/core/pinned.go"
	searchFile     = "component/client/core/search.go"
	typingFile     = "component/client/core/typing.go"
	connectionFile = "component/client/core/connection.go"
	heartbeatFile  = "component/client/core/heartbeat.go"
	clientFile     = "component/client/core/client.go"
	waitFile       = "component/client/core/wait.go"
	laneFile       = "relay/hub/lane.go"
	commitFile     = "relay/hub/commit.go"
	queueFile      = "relay/hub/queue.go"
	hubFile        = "relay/hub/hub.go"
	roomFile       = "relay/hub/room.go"
	windowFile     = "relay/hub/window.go"
	changeFile     = "relay/hub/change.go"
	storeFile      = "store/sqlite/commit.go"
	sendFile       = "store/sqlite/send.go"
	reactFile      = "store/sqlite/react.go"
	pageFile       = "store/sqlite/page.go"
	queryFile      = "store/word/query.go"
	reindexFile    = "store/sqlite/reindex.go"
	upkeepFile     = "store/sqlite/upkeep.go"
)

var (
	bySimulation = []check{inSimulation}
	byCore       = []check{inCore}
	byStore      = []check{inStore}
)

// mutants are the faults. Those of one part stand together; each is one that
// somebody could make.
var mutants = []mutant{
	// The outbox.
	{
		name: "outbox saved after the write", file: outboxFile, checks: bySimulation,
		old: "if room <= 0 || !e.stored {", new: "if room <= 0 {",
	},
	{
		name: "item removed at the write", file: outboxFile, checks: bySimulation,
		old: "e.inFlight, e.onWire, e.written, e.writtenAt, o.touched = true, true, true, c.now, true",
		new: "e.inFlight, e.onWire, e.written, e.writtenAt, o.touched = true, true, true, c.now, true\n\t\tc.emit(client.RemoveItem{ID: e.ID})",
	},
	{
		name: "sent before caught up", file: outboxFile, checks: bySimulation,
		old: "|| !c.sync.reached ||", new: "||",
	},
	{
		name: "window in flight without a bound", file: outboxFile, checks: bySimulation,
		old: "room := protocol.InFlightMax - o.inFlight()", new: "room := client.OutboxMax",
	},
	{
		name: "final refusal tried again", file: outboxFile, checks: bySimulation,
		old: "if !f.Code.Retryable() {", new: "if f.Code == protocol.CodeForbidden {",
	},
	{
		name: "new items before the old ones", file: outboxFile, checks: bySimulation,
		old: "o.entries[i-1].Order > e.Order &&", new: "",
	},
	// Tabs.
	{
		name: "lock ignored: two owners", file: outboxFile, checks: bySimulation,
		old: "if !c.tabs.owns || c.tabs.reload ||", new: "if c.tabs.reload ||",
	},
	{
		name: "heir does not load the outbox", file: tabsFile, checks: []check{inCore, inSimulation},
		old: "\tc.tabs.reload = true\n\tif c.outbox.ready {", new: "\tif false {",
	},
	{
		name: "owner tells of what is not saved", file: tabsFile, checks: bySimulation,
		old: "c.tabs.peers && e.stored && e.told", new: "c.tabs.peers && e.told",
	},
	{
		name: "late word brings an item back", file: tabsFile, checks: bySimulation,
		old: "\tc.outbox.done(m.ID)\n\te := c.outbox.find(m.ID)\n\tif e == nil {\n\t\treturn\n\t}\n",
		new: "\te := c.outbox.find(m.ID)\n\tif e == nil {\n\t\treturn\n\t}\n\tc.outbox.done(m.ID)\n",
	},
	{
		name: "new page retries what has failed", file: tabsFile, checks: []check{inCore, inSimulation},
		old: `e.failed() && item.Code == "" && item.Order > e.Order`, new: `e.failed() && item.Code == ""`,
	},
	{
		name: "list drops what was not handed over", file: tabsFile, checks: []check{inCore, inSimulation},
		old: "e.loaded && e.handed && !slices", new: "e.loaded && !slices",
	},
	{
		name: "heir forgets what it overheard", file: tabsFile, checks: []check{inCore, inSimulation},
		old: "case c.outbox.find(n.Item.ID) == nil:\n\t\t\t// This page", new: "case false:\n\t\t\t// This page",
	},
	{
		name: "dead owner's word ignored", file: tabsFile, checks: []check{inCore, inSimulation},
		old: "c.handed(n.Item) // of an owner", new: "// of an owner",
	},
	{
		name: "what was sent stays with the others", file: tabsFile, checks: bySimulation,
		old: "gone := n.State == client.ItemSent && (", new: "gone := false && (",
	},
	{
		name: "item sent in another life kept", file: tabsFile, checks: []check{inCore, inSimulation},
		old: "(n.Epoch != c.sync.epoch || n.Seq <= c.sync.cursor)", new: "n.Seq <= c.sync.cursor",
	},
	{
		name: "item put before what was refused", file: outboxFile, checks: []check{inCore, inSimulation},
		old: "!o.entries[i-1].onWire {", new: "!o.entries[i-1].inFlight {",
	},
	// Catch-up.
	{
		name: "caught up by pages only", file: catchupFile, checks: []check{inCore, inSimulation},
		old: "\t\tc.reached() // perhaps before the page that is on its way\n", new: "",
	},
	{
		name: "cursor moved over an unread page", file: catchupFile, checks: bySimulation,
		old: "p.More && n > 0 {", new: "p.More && n > protocol.PageMessagesMax {",
	},
	{
		name: "gap ignored", file: catchupFile, checks: bySimulation,
		old: "\ts.moveTo(s.cursor)\n", new: "\ts.moveTo(rev)\n",
	},
	{
		name: "epoch ignored", file: catchupFile, checks: bySimulation,
		old: "if s.epoch != epoch || s.loaded", new: "if s.loaded",
	},
	{
		name: "page of an old request taken", file: catchupFile, checks: []check{inCore, inSimulation},
		old: "func (c *Client) pageLoaded(ev client.PageLoaded) {\n\ts := &c.sync\n\tif ev.Req != s.req ||", new: "func (c *Client) pageLoaded(ev client.PageLoaded) {\n\ts := &c.sync\n\tif",
	},
	{
		name: "live said too early", file: catchupFile, checks: bySimulation,
		old: "return c.sync.loaded && c.sync.cursor >= c.sync.head", new: "return c.sync.loaded",
	},
	// The timeline.
	{
		name: "sorted by the sender's clock", file: timelineFile, checks: bySimulation,
		old: "\tif t.last() < m.Seq {\n\t\tt.messages = append(t.messages, m)\n\t\treturn\n\t}\n\ti, _ := t.find(m.Seq)\n",
		new: "\ti := len(t.messages)\n\tfor i > 0 && t.messages[i-1].SentAt > m.SentAt {\n\t\ti--\n\t}\n",
	},
	{
		name: "change beside a page forgotten", file: asideFile, checks: byCore,
		old: "later != nil && later.Rev > m.Rev {", new: "later != nil && later.Rev < m.Rev {",
	},
	{
		name: "older state in place of a newer", file: mineFile, checks: []check{inCore, inSimulation},
		old: "case m.Rev > old.Rev:", new: "case m.Rev != old.Rev:",
	},
	{
		name: "page before a live change believed less", file: catchupFile, checks: []check{inCore, inSimulation},
		old: "ev.Page.Head < s.floor && s.loaded", new: "ev.Page.Head < s.cursor && s.loaded",
	},
	{
		name: "a message arrives again once edited", file: catchupFile, checks: []check{inCore, inSimulation},
		old: "c.sync.ahead[m.Seq]", new: "c.sync.ahead[m.Rev]",
	},
	{
		name: "window around a message has no newer ones", file: timelineFile, checks: byCore,
		old: "\tt.moreAfter = t.moreAfter || after\n", new: "\tt.moreAfter = false\n",
	},
	// One's own reactions.
	{
		name: "own reaction of another device unheard", file: mineFile, checks: []check{inCore, inSimulation},
		old: "later.rev >= since && later.rev <= m.Rev", new: "later.rev > m.Rev",
	},
	{
		name: "own reactions of the crowd forgotten", file: mineFile, checks: bySimulation,
		old: "own = slices.Contains(known, r.Emoji)", new: "own = false",
	},
	{
		name: "overtaken page forgets own reactions", file: mineFile, checks: byCore,
		old: "\tcase whole:\n", new: "\tcase false:\n",
	},
	// Changes.
	{
		name: "change forgotten with the connection", file: changesFile, checks: []check{inCore, inSimulation},
		old: "\tl.resumeAt = time.Time{}\n\tfor", new: "\tl.list = nil\n\tfor",
	},
	{
		name: "change ended by what was shown long ago", file: changesFile, checks: []check{inCore, inSimulation},
		old: "case caughtUp && m != nil && ch.shownBy(m) && !ch.unsure:", new: "case m != nil && ch.shownBy(m):",
	},
	{
		name: "two changes of a message at once", file: changesFile, checks: byCore,
		old: "\t\tbusy = append(busy, ch.id)\n", new: "",
	},
	{
		name: "change refused for a while is given up", file: changesFile, checks: []check{inCore, inSimulation},
		old: "\tch.writtenAt = time.Time{}\n\tc.changes.resumeAt =", new: "\tc.endChange(ch)\n\tc.changes.resumeAt =",
	},
	{
		name: "change refused for good is tried again", file: changesFile, checks: []check{inCore, inSimulation},
		old: "\tif !f.Code.Retryable() || f.Why == protocol.WhySlowMode {\n\t\tc.endChange(ch)\n\t\tc.emit(client.Refused", new: "\tif f.Code == protocol.CodeForbidden {\n\t\tc.endChange(ch)\n\t\tc.emit(client.Refused",
	},
	{
		name: "answer to an unchanged reaction unheard", file: catchupFile, checks: []check{inCore, inSimulation},
		old: "m.Rev <= c.sync.streamed && f.Cause == nil", new: "false && f.Cause == nil",
	},
	// Reading, typing, pinned messages, search.
	{
		name: "read marker goes back", file: readingFile, checks: byCore,
		old: "if seq > c.reading.seq {", new: "if seq != c.reading.seq {",
	},
	{
		name: "read marker not told after a break", file: readingFile, checks: []check{inCore, inSimulation},
		old: "\tc.reading.told = f.Read\n", new: "\tc.reading.told = max(c.reading.told, f.Read)\n",
	},
	{
		name: "first unread asked for first", file: readingFile, checks: byCore,
		old: "c.timeline.moreBefore && c.timeline.oldest() > r.from+1", new: "c.timeline.moreBefore && c.timeline.oldest() < r.from+1",
	},
	{
		name: "typist shown for ever", file: typingFile, checks: byCore,
		old: "return !c.now.Before(t.until)", new: "return false",
	},
	{
		name: "unpinned beside the list's page", file: pinnedFile, checks: byCore,
		old: "if m := later.current(&messages[i], &c.timeline.own); m.Pinned {", new: "if m := &messages[i]; m.Pinned {",
	},
	{
		name: "pinned list does not follow", file: pinnedFile, checks: []check{inCore, inSimulation},
		old: "\tcase m.Pinned && p.loaded:\n", new: "\tcase false:\n",
	},
	{
		name: "search shows what is deleted", file: searchFile, checks: byCore,
		old: "if !m.Deleted() && find(f.Messages, m.ID) == nil {", new: "if find(f.Messages, m.ID) == nil {",
	},
	{
		name: "a message that is not there ends the chat", file: catchupFile, checks: byCore,
		old: "optional := wanted >= wantAround &&", new: "optional := wanted >= wantPinned &&",
	},
	// The connection.
	{
		name: "generation ignored", file: connectionFile, checks: []check{inCore, inSimulation},
		old: "if ev.Gen != c.conn.gen || !c.conn.phase.open() {", new: "if !c.conn.phase.open() {",
	},
	{
		name: "heartbeat never judged", file: heartbeatFile, checks: bySimulation,
		old: "\tdefault:\n\t\tc.lost()\n\t}\n}\n\n// probe", new: "\tdefault:\n\t\tc.conn.probeAt = time.Time{}\n\t\tc.probe()\n\t}\n}\n\n// probe",
	},
	{
		name: "no wait between two tries", file: waitFile, checks: bySimulation,
		old: "return time.Duration(c.cfg.Rand() * float64(bound))", new: "return time.Duration(c.cfg.Rand())",
	},
	{
		name: "wait between tries without a bound", file: waitFile, checks: bySimulation,
		old: "bound = min(bound, protocol.BackoffBase<<n)", new: "bound = protocol.BackoffBase << n",
	},
	{
		name: "4409 taken for the end", file: connectionFile, checks: bySimulation,
		old: "case code.Final():", new: "case code.Final() || code == protocol.CloseSlowConsumer:",
	},
	{
		name: "goaway drops what is in flight", file: connectionFile, checks: byCore,
		old: "if c.conn.draining && c.outbox.inFlight()+c.changes.inFlight() == 0 {", new: "if c.conn.draining {",
	},
	{
		name: "a change is not told", file: clientFile, checks: bySimulation,
		old: "c.retryAt, c.changed = at, true", new: "c.retryAt = at",
	},
	// The hub.
	{
		name: "echo before the commit", file: commitFile, checks: bySimulation,
		old: "\th.committer.Commit(ops)\n",
		new: `	for i := range ops {
		if r := h.rooms[ops[i].Room]; r != nil && ops[i].Kind == OpSend && !ops[i].FindOnly {
			f := &ops[i].Send
			rev := r.told + int64(i) + 1
			m := protocol.Message{Room: r.name, ID: f.ID, Seq: rev, Rev: rev, Sender: ops[i].Sender, CreatedAt: 1, Text: f.Text}
			r.group.Send([][]byte{protocol.Changed{Message: m}.Append(nil)})
		}
	}
	h.committer.Commit(ops)
`,
	},
	{
		name: "repeated message told as news", file: commitFile, checks: []check{inHub, inSimulation},
		old: "if o.Message.Rev <= r.told {", new: "if false {",
	},
	{
		name: "sends overtake a failed batch", file: commitFile, checks: bySimulation,
		old: "\th.holdBackQueue(batch, outcomes)\n", new: "",
	},
	{
		name: "refused lane opens at once", file: laneFile, checks: bySimulation,
		old: "\treturn b.refused[0].id == id && b.refused[0].early == 0\n", new: "\treturn id != \"\"\n",
	},
	{
		name: "lane waits for any look-up", file: laneFile, checks: bySimulation,
		old: "b.refused[0].id == id && b.refused[0].early == 0", new: "b.refused[0].id == id && b.finds == 0",
	},
	{
		name: "lane remembers one refusal", file: laneFile, checks: bySimulation,
		old: "min(len(b.refused), refusedMax)", new: "min(len(b.refused), 1)",
	},
	{
		name: "joined before what it counts in", file: roomFile, checks: bySimulation,
		old: "\th.tell(r) // what this batch has brought so far is not above the head\n", new: "",
	},
	{
		name: "two batches under way", file: commitFile, checks: []check{inHub, inSimulation},
		old: "if len(h.flying) > 0 || h.queue.next() == nil {", new: "if h.queue.next() == nil {",
	},
	{
		name: "who floods is not held back", file: queueFile, checks: []check{inHub},
		old: "u.round = round + 1", new: "u.round = round",
	},
	{
		name: "who comes waits for the round under way", file: queueFile, checks: []check{inHub},
		old: "if round == q.round {", new: "if round == q.round && false {",
	},
	{
		name: "a flood's batches are long", file: commitFile, checks: []check{inHub},
		old: "len(batch) >= FloodOpsMax && h.queue.flooded()", new: "false",
	},
	{
		name: "what all are refused is not counted", file: "relay/hub/rest.go", checks: []check{inHub},
		old: "return 1 + (r.until-at)/int64(refusalsAhead)", new: "return 1",
	},
	{
		name: "a user's ops do not keep their order", file: queueFile, checks: []check{inHub, inSimulation},
		old: "round = max(round, u.round)", new: "round = max(round, u.round*7%5)",
	},
	{
		name: "strangers keep all places", file: hubFile, checks: []check{inHub},
		old: "places-places/4 ||", new: "places ||",
	},
	{
		name: "window answers behind the store", file: windowFile, checks: []check{inHub, inSimulation},
		old: "if v == nil || v.head < window.seen.Load() {", new: "if v == nil {",
	},
	{
		name: "window outlives a lost result", file: commitFile, checks: []check{inHub, inSimulation},
		old: "\t\th.loseWindows(batch)\n", new: "",
	},
	{
		name: "a reaction's cause is not told", file: commitFile, checks: []check{inHub, inSimulation},
		old: "if p.op.Kind == OpReact {", new: "if false {",
	},
	{
		name: "anybody pins", file: changeFile, checks: []check{inHub},
		old: "OpPin:       protocol.RoleModerator,", new: "OpPin:       protocol.RoleParticipant,",
	},
	// The store.
	{
		name: "dedupe off", file: sendFile, checks: byStore,
		old: "\t\treturn b.resend(r, op, madeAs)\n\t}\n\tr.head", new: "\t\tm.Seq++\n\t}\n\tr.head",
	},
	{
		name: "created_at follows the clock back", file: sendFile, checks: byStore,
		old: "CreatedAt: max(b.now, r.lastAt+1),", new: "CreatedAt: b.now,",
	},
	{
		name: "head is not stored", file: storeFile, checks: byStore,
		old: "if !r.grown {", new: "if r.grown {",
	},
	{
		name: "other content under a known id", file: sendFile, checks: byStore,
		old: "case !bytes.Equal(storedAs, madeAs):", new: "case !bytes.Equal(storedAs, storedAs):",
	},
	{
		name: "looking up makes the room", file: storeFile, checks: byStore,
		old: "b.enter(op.Room, makes)", new: "b.enter(op.Room, makes || op.FindOnly)",
	},
	{
		name: "the crowd's next is not named", file: reactFile, checks: byStore,
		old: "full := takeReaction(m, user, op.Emoji); full != nil {", new: "full := takeReaction(m, user, op.Emoji); full != nil && false {",
	},
	{
		name: "no part of a word is looked for", file: queryFile, checks: byStore,
		old: "if len(word) >= partMin {", new: "if false {",
	},
	{
		name: "symbols of a word do not count", file: queryFile, checks: byStore,
		old: "p = append(p, Term{Text: string(sign(i.runes[0]))})", new: "",
	},
	{
		name: "a message is left out of an index that is made anew", file: reindexFile, checks: byStore,
		old: "room.below, bytes = m.seq, bytes+len(m.text)", new: "room.below, bytes = m.seq-1, bytes+len(m.text)",
	},
	{
		name: "a change is indexed twice where the index is made anew", file: upkeepFile, checks: byStore,
		old: "WHERE NOT EXISTS (SELECT 1 FROM search WHERE docid = (?1 << 32) + ?2)`", new: "WHERE 1`",
	},
	{
		name: "page does not say that there is more", file: pageFile, checks: byStore,
		old: "return messages, true, nil", new: "return messages, false, nil",
	},
}
