package core

import (
	"fmt"
	"slices"
	"strings"

	"hallway/component/client"
	"hallway/protocol"
)

// This part of the scripts' language is about the contents of messages.

// readerEvent reads a user's action on messages.
func (s *script) readerEvent(verb string, arg []string) (client.Event, bool) {
	id := ""
	if len(arg) > 0 {
		id = testUUID(arg[0])
	}
	switch verb {
	case "retry":
		return client.Retry{ID: id}, true
	case "discard":
		return client.Discard{ID: id}, true
	case "edit": // edit N TEXT
		return client.EditText{ID: id, Text: strings.Join(arg[1:], " ")}, true
	case "delete":
		return client.Delete{ID: id}, true
	case "react": // react N EMOJI on|off
		return client.React{ID: id, Emoji: arg[1], On: arg[2] == "on"}, true
	case "pin": // pin N on|off
		return client.Pin{ID: id, On: arg[1] == "on"}, true
	case "typed":
		return client.Typed{}, true
	case "seen": // seen SEQ
		return client.Seen{Seq: int64(number(arg, 0))}, true
	case "search": // search [WORDS]
		return client.Search{Words: strings.Join(arg, " ")}, true
	case "search-more":
		return client.SearchMore{}, true
	case "around": // around SEQ
		return client.LoadAround{Seq: int64(number(arg, 0))}, true
	case "around-id": // around-id N
		return client.LoadAround{ID: id}, true
	case "found": // as page
		return client.PageLoaded{Req: s.found, Page: testPage(arg)}, true
	case "found-failed":
		return client.RequestFailed{Req: s.found, Status: number(arg, 0)}, true
	case "typing": // typing USER: from the relay
		f := protocol.Typist{Room: "lobby", User: protocol.User{ID: arg[0], Name: arg[0]}}
		return client.Received{Gen: s.gen, Data: f.Append(nil)}, true
	case "read": // read SEQ: from the relay
		return client.Received{Gen: s.gen, Data: protocol.Read{Room: "lobby", Seq: int64(number(arg, 0))}.Append(nil)}, true
	}
	return nil, false
}

// testPage reads EPOCH HEAD more|end|before|after|both|neither [MESSAGE …]. The last four are for a page around a message: they name
// the sides with more messages.
func testPage(arg []string) protocol.Page {
	p := protocol.Page{Epoch: arg[0], Head: int64(number(arg, 1)), More: arg[2] != "end" && arg[2] != "neither"}
	if arg[2] != "end" && arg[2] != "more" {
		before, after := arg[2] == "before" || arg[2] == "both", arg[2] == "after" || arg[2] == "both"
		p.MoreBefore, p.MoreAfter = &before, &after
	}
	for _, m := range arg[3:] {
		p.Messages = append(p.Messages, testMessage(m))
	}
	return p
}

func testChanged(rest string) protocol.Changed {
	rest, after, covers := strings.Cut(rest, " after ")
	rest, cause, ok := strings.Cut(rest, " cause ")
	f := protocol.Changed{Message: testMessage(strings.ReplaceAll(rest, " ", ":"))}
	if covers {
		rev := int64(number([]string{after}, 0))
		f.After = &rev
	}
	if by := strings.Fields(cause); ok {
		f.Cause = &protocol.Cause{By: by[0], Emoji: by[1], On: by[2] == "on"}
	}
	return f
}

// testMessage reads SENDER:N:REV[:SEQ][/OPTION …], where an option is pinned,
// deleted, text=TEXT, mine=EMOJI or EMOJI=COUNT[,USER …].
func testMessage(spec string) protocol.Message {
	options := strings.Split(spec, "/")
	arg := strings.Split(options[0], ":")
	m := protocol.Message{Room: "lobby", ID: testUUID(arg[1]), Sender: protocol.User{ID: arg[0]}, Rev: int64(number(arg, 2)), Text: "text"}
	if m.Seq = m.Rev; len(arg) > 3 {
		m.Seq = int64(number(arg, 3))
	}
	m.CreatedAt = protocol.TimeOf(scriptStart) + protocol.Time(m.Seq)
	for _, option := range options[1:] {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "pinned":
			m.Pinned = true
		case "deleted":
			m.Text, m.DeletedAt = "", m.CreatedAt
		case "text":
			m.Text = value
		case "mine":
			m.Mine = append(m.Mine, value)
		default:
			users := strings.Split(value, ",")
			m.Reactions = append(m.Reactions, protocol.Reaction{Emoji: name, Count: int64(number(users, 0)), Users: users[1:]})
		}
	}
	return m
}

func describeQuery(q client.PageQuery) string {
	words := ""
	if q.Words != "" {
		words = "\"" + q.Words + "\" "
	}
	switch {
	case q.HasSince:
		return fmt.Sprintf("since %d", q.Since)
	case q.After > 0:
		return fmt.Sprintf("after %d", q.After)
	case q.Before > 0:
		return fmt.Sprintf("%sbefore %d", words, q.Before)
	case q.Around > 0:
		return fmt.Sprintf("around %d", q.Around)
	case q.AroundID != "":
		return "around " + short(q.AroundID)
	case q.Pinned:
		return "pinned"
	case words != "":
		return strings.TrimSpace(words)
	}
	return "newest"
}

// details prints the contents of messages, and the state that a user sees beside the log.
func (s *script) details() {
	snap := s.c.Snapshot()
	line := func(name string, list []string) {
		if len(list) > 0 {
			fmt.Fprintf(&s.out, "%s: %s\n", name, strings.Join(list, ", "))
		}
	}
	line("log", describeMessages(snap.Messages))
	changing := slices.Clone(snap.Changing)
	for i, id := range changing {
		changing[i] = short(id)
	}
	line("changing", changing)
	line("pinned", describeMessages(snap.Pinned))
	if f := snap.Found; f != nil {
		fmt.Fprintf(&s.out, "found %q", f.Words)
		for _, note := range []struct {
			on   bool
			text string
		}{{f.Loading, "loading"}, {f.Failed, "failed"}, {f.More, "more"}} {
			if note.on {
				s.out.WriteString("; " + note.text)
			}
		}
		s.out.WriteString(": " + strings.Join(describeMessages(f.Messages), ", ") + "\n")
	}
	var typing []string
	for _, u := range snap.Typing {
		typing = append(typing, u.Name)
	}
	line("typing", typing)
	if snap.ReadSeq > 0 || snap.FirstUnread > 0 {
		fmt.Fprintf(&s.out, "read %d, first unread %d\n", snap.ReadSeq, snap.FirstUnread)
	}
}

func describeMessages(messages []*protocol.Message) []string {
	var list []string
	for _, m := range messages {
		text := short(m.ID)
		switch {
		case m.Deleted():
			text += " deleted"
		case m.Text != "text":
			text += " " + m.Text
		}
		if m.Pinned {
			text += " pinned"
		}
		for _, r := range m.Reactions {
			text += fmt.Sprintf(" %s%d", r.Emoji, r.Count)
			if slices.Contains(m.Mine, r.Emoji) {
				text += "mine"
			}
		}
		list = append(list, text)
	}
	return list
}
