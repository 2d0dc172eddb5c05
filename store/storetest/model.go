package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/hub"
)

// modelRoom is a room as the contract has it, in the plainest way.
type modelRoom struct {
	name     string
	epoch    string
	messages []protocol.Message // message i has seq i+1
}

func (r *modelRoom) head() int64 { return int64(len(r.messages)) }

// apply is what becomes of op at time now.
func (r *modelRoom) apply(now protocol.Time, op hub.Op) hub.Outcome {
	out := hub.Outcome{Epoch: r.epoch, Head: r.head()}
	if op.Kind == hub.OpOpen {
		return out
	}
	for _, m := range r.messages {
		if m.ID != op.Send.ID {
			continue
		}
		if m.Sender.ID != op.Sender.ID || m.Text != op.Send.Text || m.ReplyTo != op.Send.ReplyTo || !reflect.DeepEqual(m.Encrypted, op.Send.Encrypted) {
			out.Code = protocol.CodeConflict
		} else {
			out.Message = m
		}
		return out
	}
	if op.FindOnly {
		out.Code = protocol.CodeNotFound
		return out
	}
	m := protocol.Message{
		Room: r.name, ID: op.Send.ID, Seq: r.head() + 1, Rev: r.head() + 1, Sender: op.Sender,
		CreatedAt: now, SentAt: op.Send.SentAt,
		Text: op.Send.Text, Encrypted: op.Send.Encrypted, ReplyTo: op.Send.ReplyTo,
	}
	if r.head() > 0 {
		m.CreatedAt = max(now, r.messages[r.head()-1].CreatedAt+1)
	}
	r.messages = append(r.messages, m)
	out.Message, out.New, out.Head = m, true, r.head()
	return out
}

// page is the page that q asks for.
func (r *modelRoom) page(q hub.Query) protocol.Page {
	p := protocol.Page{Epoch: r.epoch, Head: r.head()}
	below := r.where(func(m protocol.Message) bool { return m.Seq < q.At })
	from := r.where(func(m protocol.Message) bool { return m.Seq >= q.At })
	switch q.Kind {
	case hub.QueryNewest:
		p.Messages, p.More = last(r.messages, q.Limit)
	case hub.QueryBefore:
		p.Messages, p.More = last(below, q.Limit)
	case hub.QueryAfter:
		p.Messages, p.More = first(r.where(func(m protocol.Message) bool { return m.Seq > q.At }), q.Limit)
	case hub.QuerySince:
		p.Messages, p.More = first(r.where(func(m protocol.Message) bool { return m.Rev > q.At }), q.Limit)
	case hub.QueryAround:
		older, moreBefore := last(below, q.Limit/2)
		newer, moreAfter := first(from, q.Limit-q.Limit/2)
		p.Messages = slices.Concat(older, newer)
		p.MoreBefore, p.MoreAfter, p.More = &moreBefore, &moreAfter, moreBefore || moreAfter
	}
	return p
}

func (r *modelRoom) where(keep func(protocol.Message) bool) (kept []protocol.Message) {
	for _, m := range r.messages {
		if keep(m) {
			kept = append(kept, m)
		}
	}
	return kept
}

func first(messages []protocol.Message, n int) ([]protocol.Message, bool) {
	return messages[:min(n, len(messages))], len(messages) > n
}

func last(messages []protocol.Message, n int) ([]protocol.Message, bool) {
	return messages[max(0, len(messages)-n):], len(messages) > n
}

// fataler is a test or one round of a property.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// compare ends the test where got is not the page that q asks for.
func (r *modelRoom) compare(t fataler, got protocol.Page, q hub.Query) {
	t.Helper()
	want := r.page(q)
	if len(got.Messages) == 0 && len(want.Messages) == 0 {
		got.Messages, want.Messages = nil, nil // nil is as good as empty
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("room %s of %d, page %+v:\n got %+v\nwant %+v", r.name, r.head(), q, got, want)
	}
}

// testModel does random things to the store and to the model, and wants the
// same from both.
func testModel(h *harness) {
	round := 0
	rapid.Check(h.T, func(t *rapid.T) {
		round++
		now := start
		rooms := make([]*modelRoom, 2)
		for i := range rooms {
			rooms[i] = &modelRoom{name: fmt.Sprintf("room-%d-%d", round, i)}
		}
		t.Repeat(map[string]func(*rapid.T){
			"commit": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(-3, 5).Draw(t, "µs")) * time.Microsecond)
				commitBoth(t, h.store, now, rooms, rapid.SliceOfN(drawOp(rooms), 1, 6).Draw(t, "ops"))
			},
			"reopen": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "seldom") == 0 {
					h.reopen()
				}
			},
			"page": func(t *rapid.T) {
				q := hub.Query{
					Kind:  rapid.SampledFrom(kinds).Draw(t, "kind"),
					At:    rapid.Int64Range(-1, 12).Draw(t, "at"),
					Limit: rapid.IntRange(1, 12).Draw(t, "limit"),
				}
				r := rapid.SampledFrom(rooms).Draw(t, "room")
				r.compare(t, h.page(r.name, q), q)
			},
		})
	})
}

// drawOp draws from few ids, texts and senders, so that many meet.
func drawOp(rooms []*modelRoom) *rapid.Generator[hub.Op] {
	return rapid.Custom(func(t *rapid.T) hub.Op {
		room := rapid.SampledFrom(rooms).Draw(t, "room").name
		if rapid.IntRange(0, 5).Draw(t, "kind") == 0 {
			return open(room)
		}
		op := send(room, rapid.IntRange(1, 12).Draw(t, "id"), rapid.SampledFrom([]string{"a", "a", "b", ""}).Draw(t, "text"))
		op.Sender = rapid.SampledFrom([]protocol.User{ada, ada, bob}).Draw(t, "sender")
		if op.Send.Text == "" {
			op.Send.Encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "iv", CT: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "ct")}
		}
		op.FindOnly = rapid.IntRange(0, 4).Draw(t, "find only") == 0
		op.Send.ReplyTo = rapid.SampledFrom([]string{"", "", id(1)}).Draw(t, "reply_to")
		return op
	})
}

// commitBoth carries out ops in one batch of the store and in the model.
func commitBoth(t fataler, store hub.Store, now time.Time, rooms []*modelRoom, ops []hub.Op) {
	t.Helper()
	outcomes, err := store.Commit(now, ops)
	if err != nil {
		t.Fatalf("Commit: %v", err)
	}
	for i, got := range outcomes {
		r := rooms[slices.IndexFunc(rooms, func(r *modelRoom) bool { return r.name == ops[i].Room })]
		made := r.epoch != "" || !ops[i].FindOnly
		if r.epoch == "" {
			r.epoch = got.Epoch // random: any will do, but for ever
		}
		want := r.apply(protocol.TimeOf(now), ops[i])
		if (got.Reason != "") != (want.Code != "") {
			t.Fatalf("op %d: code %q with reason %q", i, got.Code, got.Reason)
		}
		got.Reason = "" // the text is free
		if (got.Epoch != "") != made || !reflect.DeepEqual(got, want) {
			t.Fatalf("op %d of %+v:\n got %+v\nwant %+v", i, ops, got, want)
		}
	}
}
