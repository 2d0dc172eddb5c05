package core

import (
	"fmt"
	"strings"

	"hallway/component/client"
	"hallway/protocol"
)

// short returns the number of a script's message from its id.
func short(id string) string {
	return strings.TrimLeft(strings.TrimPrefix(id, "00000000-0000-7000-8000-"), "0")
}

func (s *script) describe(e client.Effect) string {
	switch e := e.(type) {
	case client.LoadOutbox:
		return "load outbox of " + e.User
	case client.SaveItem:
		return strings.TrimSpace("save " + short(e.Item.ID) + " " + string(e.Item.Code))
	case client.RemoveItem:
		return "remove " + short(e.ID)
	case client.TellPeers:
		text := strings.TrimSpace(fmt.Sprint("tell ", e.Note.Kind, " ", short(e.Note.Item.ID), " ", e.Note.State))
		if e.Note.Uploads {
			text += " uploads"
		}
		return text
	case client.GetToken:
		return "get token"
	case client.Dial:
		return fmt.Sprint("dial ", e.Gen)
	case client.Write:
		return s.describeFrame(e.Data)
	case client.CloseSocket:
		return fmt.Sprint("close socket ", e.Gen)
	case client.FetchPage:
		if e.Query.Words != "" {
			return "find " + describeQuery(e.Query)
		}
		return "fetch " + describeQuery(e.Query)
	case client.FetchReports:
		return strings.TrimSuffix(fmt.Sprintf("read %d reports before %d", e.Limit, e.Before), " before 0")
	case client.CloseReport:
		return fmt.Sprintf("close report %d: %s", e.N, e.State)
	case client.Changed:
		return "changed: " + string(s.c.Snapshot().Status)
	case client.Arrived:
		return "arrived " + short(e.Message.ID)
	case client.Refused:
		text := fmt.Sprintf("refused %s: %s, %s", short(e.ID), e.Code, e.Reason)
		if e.Of+string(e.Why) != "" {
			text += fmt.Sprintf(" (%s%s)", e.Of, e.Why)
		}
		return text
	case client.Warned:
		return fmt.Sprintf("warned: %s, %s", e.Code, e.Reason)
	case client.Acted:
		return fmt.Sprintf("acted: %s by %s on %s", e.Act, e.By.ID, e.User.ID)
	case client.Reported:
		return "reported " + short(e.ID)
	}
	if text := s.describeFileEffect(e); text != "" {
		return text
	}
	return fmt.Sprintf("%#v", e)
}

// describeFrame describes a frame from the core.
func (s *script) describeFrame(data []byte) string {
	f, err := protocol.DecodeClient(data, s.c.limits)
	if err != nil {
		s.t.Fatalf("the core writes %s: %v", data, err)
	}
	switch f := f.(type) {
	case protocol.Send:
		text := "write send " + short(f.ID)
		for _, a := range f.Files {
			text += " file " + short(a.ID) + " " + a.Alt
		}
		return strings.TrimSpace(text)
	case protocol.Ping:
		return "write ping"
	case protocol.Hello:
		return "write hello"
	}
	return "write " + string(data)
}

// show prints the state that a user sees.
func (s *script) show() {
	snap := s.c.Snapshot()
	var ids []string
	for _, m := range snap.Messages {
		ids = append(ids, short(m.ID))
	}
	for _, o := range snap.Outbox {
		ids = append(ids, short(o.ID)+" "+string(o.State))
	}
	fmt.Fprintf(&s.out, "%s; composer %s; log: %s", snap.Status, map[bool]string{true: "open", false: "closed"}[snap.ComposerOpen], strings.Join(ids, ", "))
	if !snap.RetryAt.IsZero() {
		fmt.Fprintf(&s.out, "; retry in %v", snap.RetryAt.Sub(s.now))
	}
	for _, note := range []struct {
		on   bool
		text string
	}{
		{snap.Reason != "", snap.Reason}, {snap.Crowded, "too many connections"}, {snap.StorageFailed, "in memory only"}, {snap.OutboxFull, "outbox full"},
		{snap.MoreBefore, "more before"}, {snap.MoreAfter, "more after"}, {snap.Unread > 0, fmt.Sprint("unread ", snap.Unread)},
	} {
		if note.on {
			s.out.WriteString("; " + note.text)
		}
	}
	s.out.WriteString("\n")
}
