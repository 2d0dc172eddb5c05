package storetest

import (
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

func testOpenMakesRoom(h *harness) {
	first := h.commit(open("lobby"), open("stage"), open("lobby"))
	if first[0].Epoch == "" || first[0].Epoch == first[1].Epoch {
		h.Errorf("epochs %q and %q, want two different ones", first[0].Epoch, first[1].Epoch)
	}
	h.equal("opened twice in a batch", first[2], first[0])
	h.equal("head of a new room", first[0].Head, int64(0))

	h.commit(send("lobby", 1, "hi"))
	again := h.commit(open("lobby"))[0]
	h.equal("opened again", again, outcome{Epoch: first[0].Epoch, Head: 1})
	h.equal("room names differ by case", h.commit(open("Lobby"))[0].Head, int64(0))
}

func testSendTakesNextRev(h *harness) {
	// The room of a send need not exist.
	first := h.commit(send("lobby", 1, "one"), send("stage", 1, "elsewhere"), send("lobby", 2, "two"))
	second := h.commit(send("lobby", 3, "three"))
	for i, out := range []outcome{first[0], first[2], second[0]} {
		want := int64(i + 1)
		if m := out.Message; !out.New || out.Code != "" || m.Seq != want || m.Rev != want || out.Head != want {
			h.Errorf("send %d: %+v", want, out)
		}
		h.equal("epoch", out.Epoch, first[0].Epoch)
	}
	h.equal("seq in another room", first[1].Message.Seq, int64(1))
	if first[1].Epoch == first[0].Epoch {
		h.Errorf("two rooms share epoch %q", first[0].Epoch)
	}
}

func testContent(h *harness) {
	sends := []protocol.Send{
		{Text: "plain"},
		{Text: " Ünï\u2028cödé 👩‍👩‍👧 e\u0301 \ufeff\n\ttab ' \" \\ <b>&amp;</b> %s ?1 "},
		{Text: strings.Repeat("ß", protocol.TextBytesMax/2), ReplyTo: id(1)},
		{Text: "odd time", SentAt: "2026-11-23T10:15:01.5+01:00"},
		{Encrypted: &protocol.Encrypted{Alg: "A256GCM", Kid: `k<"1">`, IV: "AAECAwQFBgcICQoL", CT: "_-8"}, ReplyTo: id(2)},
	}
	for i := range sends {
		sends[i].Room, sends[i].ID = "lobby", id(i+1)
		op := rules.Op{Room: "lobby", Sender: bob, Do: rules.Send{Send: sends[i]}}
		want := protocol.Message{
			Room: "lobby", ID: id(i + 1), Seq: int64(i + 1), Rev: int64(i + 1), Sender: bob,
			CreatedAt: protocol.TimeOf(h.now), SentAt: sends[i].SentAt,
			Text: sends[i].Text, Encrypted: sends[i].Encrypted, ReplyTo: sends[i].ReplyTo,
		}
		h.equal("sent", h.commit(op)[0].Message, want)
		h.equal("resent", h.commit(op)[0].Message, want)
		h.equal("read", h.page("lobby", rules.Query{Limit: 1}).Messages, []protocol.Message{want})
		h.now = h.now.Add(time.Second)
	}
}

func testCreatedAt(h *harness) {
	var last protocol.Time
	n := 0
	sendAt := func(now time.Time) protocol.Time {
		n++
		h.now = now
		got := h.commit(send("lobby", n, "tick"))[0].Message.CreatedAt
		h.equal("created_at", got, max(protocol.TimeOf(now), last+1))
		last = got
		return got
	}
	sendAt(start)
	sendAt(start)
	sendAt(start.Add(-time.Hour))
	sendAt(start.Add(time.Hour))
	sendAt(start.Add(time.Minute))
	h.reopen()
	sendAt(start)

	h.commit(send("lobby", 1, "tick")) // stored before: it does not advance the time
	batch := h.commit(send("lobby", n+1, "a"), send("lobby", n+2, "b"), send("stage", 1, "c"))
	h.equal("first of a batch", batch[0].Message.CreatedAt, last+1)
	h.equal("second of a batch", batch[1].Message.CreatedAt, last+2)
	h.equal("in another room", batch[2].Message.CreatedAt, protocol.TimeOf(start))
}

func testResend(h *harness) {
	op := send("lobby", 1, "hi")
	stored := h.commit(op, send("lobby", 2, "there"))[0]
	h.now = h.now.Add(time.Minute)
	want := outcome{Message: stored.Message, Epoch: stored.Epoch, Head: 2}

	h.equal("resent", h.commit(op)[0], want)
	op = with(op, func(do *rules.Send) { do.SentAt = "" }) // not part of the content
	op.Sender.Name, op.Sender.Role = "Countess", protocol.RoleParticipant
	h.equal("resent under another name", h.commit(op)[0], want)
	h.reopen()
	h.equal("resent after reopening", h.commit(op)[0], want)
	if out := h.commit(send("stage", 1, "other text"))[0]; !out.New {
		h.Errorf("the id in another room: %+v", out)
	}
}

func testFindOnly(h *harness) {
	missing := h.commit(find(send("lobby", 1, "hi")))[0]
	if missing.Code != protocol.CodeNotFound || missing.Reason == "" || missing.Epoch != "" || missing.Head != 0 {
		h.Errorf("in no room: %+v, want not_found with a reason", missing)
	}
	h.equal("the room", h.page("lobby", rules.Query{Limit: 1}), protocol.Page{})

	stored := send("lobby", 1, "hi")
	out := h.commit(find(stored), stored, find(stored), find(send("lobby", 1, "")), find(send("lobby", 2, "there")))
	h.equal("before it is stored", out[0].Code, protocol.CodeNotFound)
	h.equal("in the batch that stores it", out[2], outcome{Message: out[1].Message, Epoch: out[1].Epoch, Head: 1})
	h.equal("with other content", out[3].Code, protocol.CodeConflict)
	h.equal("another id", out[4].Code, protocol.CodeNotFound)
	h.equal("head after it", out[4].Head, int64(1))
	h.equal("found later", h.commit(find(stored))[0], out[2])
}

func testSameIDInBatch(h *harness) {
	theirs := send("lobby", 1, "one")
	theirs.Sender = bob
	out := h.commit(send("lobby", 1, "one"), send("lobby", 1, "one"), send("lobby", 1, "changed"), theirs, send("lobby", 2, "two"))
	h.equal("again", out[1], outcome{Message: out[0].Message, Epoch: out[0].Epoch, Head: 1})
	h.equal("with other content", out[2].Code, protocol.CodeConflict)
	h.equal("of another sender", out[3].Code, protocol.CodeConflict)
	h.equal("the next one's seq", out[4].Message.Seq, int64(2))
}

func testConflict(h *harness) {
	original := send("lobby", 1, "hi")
	original = with(original, func(do *rules.Send) { do.ReplyTo = id(9) })
	secret := send("lobby", 2, "")
	secret = with(secret, func(do *rules.Send) {
		do.Encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "i", CT: "c"}
	})
	h.commit(original, secret)

	content := func(change func(*rules.Send)) rules.Op { return with(original, change) }
	encrypted := func(kid, iv, ct string) rules.Op {
		return with(secret, func(do *rules.Send) {
			do.Encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: kid, IV: iv, CT: ct}
		})
	}
	for name, op := range map[string]rules.Op{
		"sender":        by(bob, original),
		"text":          content(func(do *rules.Send) { do.Text += " " }),
		"reply_to":      content(func(do *rules.Send) { do.ReplyTo = id(8) }),
		"no reply_to":   content(func(do *rules.Send) { do.ReplyTo = "" }),
		"moved content": content(func(do *rules.Send) { do.Text, do.ReplyTo = do.Text+id(9), "" }),
		"encrypted": content(func(do *rules.Send) {
			do.Text, do.Encrypted = "", &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "i", CT: "c"}
		}),
		"another's secret": by(bob, secret),
		"ct":               encrypted("k", "i", "d"),
		"iv":               encrypted("k", "j", "c"),
		"kid":              encrypted("", "i", "c"),
	} {
		before := h.page("lobby", rules.Query{Kind: rules.QuerySince, Limit: 500})
		out := h.commit(op, send("lobby", int(before.Head)+1, name))
		if out[0].Code != protocol.CodeConflict || out[0].Reason == "" || out[0].New {
			h.Errorf("%s: %+v, want a conflict with a reason", name, out[0])
		}
		h.equal(name+": head after the refusal", out[0].Head, before.Head)
		if !out[1].New || out[1].Message.Rev != before.Head+1 {
			h.Errorf("%s: the rest of the batch: %+v", name, out[1])
		}
		after := h.page("lobby", rules.Query{Kind: rules.QuerySince, Limit: 500})
		h.equal(name+": what was stored", after.Messages[:before.Head], before.Messages)
	}
	if out := h.commit(original, secret); out[0].Code != "" || out[1].Code != "" {
		h.Errorf("the originals are refused afterwards: %+v", out)
	}
}

func testUnknownOp(h *harness) {
	if _, err := h.store.Commit(h.now, []rules.Op{send("lobby", 1, "hi"), {Room: "lobby"}}); err == nil {
		h.Fatal("an unknown kind of op is carried out")
	}
	h.equal("room", h.page("lobby", rules.Query{Limit: 1}), protocol.Page{})
	h.equal("rev after it", h.commit(send("lobby", 2, "there"))[0].Message.Rev, int64(1))
}
