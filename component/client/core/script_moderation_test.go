package core

import (
	"fmt"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// This part of the scripts' language is about moderation.

// moderationEvent reads a user's request, or an answer of the relay.
func (s *script) moderationEvent(verb string, arg []string) (client.Event, bool) {
	switch verb {
	case "moderate": // moderate ACT USER [FOR [REASON]]
		ev := client.Moderate{Act: protocol.Act(arg[0]), User: arg[1]}
		if len(arg) > 2 {
			ev.For, ev.Reason = duration(s.t, arg[2]), strings.Join(arg[3:], " ")
		}
		return ev, true
	case "report": // report N REASON
		return client.Report{ID: testUUID(arg[0]), Reason: strings.Join(arg[1:], " ")}, true
	case "review": // review on|off|more
		if arg[0] == "more" {
			return client.ReviewMore{}, true
		}
		return client.Review{On: arg[0] == "on"}, true
	case "resolve": // resolve N STATE
		return client.ResolveReport{N: int64(number(arg, 0)), State: protocol.ReportState(arg[1])}, true
	case "queue": // queue more|end [N …]: a page of the queue
		ev := client.ReportsLoaded{Req: s.reports, More: arg[0] == "more"}
		for i := 1; i < len(arg); i++ {
			ev.Reports = append(ev.Reports, protocol.ReportEntry{N: int64(number(arg, i)), ID: testUUID(arg[i]), State: protocol.ReportOpen})
		}
		return ev, true
	case "report-closed":
		return client.ReportClosed{Req: s.reports}, true
	case "queue-failed": // queue-failed STATUS
		return client.RequestFailed{Req: s.reports, Status: number(arg, 0)}, true
	case "queue-late": // the answer to a request that was cancelled
		return client.ReportsLoaded{Req: s.reports - 1}, true
	case "set-slow": // set-slow SECONDS
		seconds := int64(number(arg, 0))
		return client.SetRoom{SlowModeS: &seconds}, true
	case "set-frozen": // set-frozen on|off
		frozen := arg[0] == "on"
		return client.SetRoom{Frozen: &frozen}, true
	}
	if f, ok := s.moderationFrame(verb, arg); ok {
		return client.Received{Gen: s.gen, Data: f.Append(nil)}, true
	}
	return nil, false
}

func (s *script) moderationFrame(verb string, arg []string) (protocol.RelayFrame, bool) {
	switch verb {
	case "role": // role ROLE EPOCH HEAD [muted FOR REASON]: joined with that role
		f := protocol.Joined{Room: "lobby", Role: protocol.Role(arg[0]), Epoch: arg[1], Head: int64(number(arg, 2)), Members: 2}
		if len(arg) > 3 {
			f.Muted, f.MutedUntil, f.MutedReason = true, s.until(arg[4]), strings.Join(arg[5:], " ")
		}
		return f, true
	case "moderated": // moderated BY ACT USER [FOR [REASON]]
		f := protocol.Moderated{
			Room: "lobby", Act: protocol.Act(arg[1]), User: protocol.User{ID: arg[2], Name: arg[2]}, By: protocol.User{ID: arg[0], Name: arg[0]},
		}
		if len(arg) > 3 {
			f.Until, f.Reason = s.until(arg[3]), strings.Join(arg[4:], " ")
		}
		return f, true
	case "reported":
		return protocol.Reported{Room: "lobby", ID: testUUID(arg[0])}, true
	case "reports":
		return protocol.Reports{Room: "lobby", Open: int64(number(arg, 0))}, true
	case "settings": // settings SLOW [frozen] [archived]
		f := protocol.Settings{Room: "lobby", SlowModeS: int64(number(arg, 0))}
		for _, a := range arg[1:] {
			f.Frozen, f.Archived = f.Frozen || a == "frozen", f.Archived || a == "archived"
		}
		return f, true
	case "why": // why WHY CODE N [RETRY_AFTER|FOR [REASON]]: an error
		f := protocol.Error{Code: protocol.Code(arg[1]), Message: "because", Room: "lobby", Why: protocol.Why(arg[0])}
		if arg[2] != "-" {
			f.ID = testUUID(arg[2])
		}
		if len(arg) > 3 && f.Code.Retryable() {
			f.RetryAfterMs = duration(s.t, arg[3]).Milliseconds()
		} else if len(arg) > 3 {
			f.Until, f.Reason = s.until(arg[3]), strings.Join(arg[4:], " ")
		}
		return f, true
	case "error-of": // error-of OF CODE
		return protocol.Error{Code: protocol.Code(arg[1]), Message: "because", Room: "lobby", Of: arg[0]}, true
	}
	return nil, false
}

// until returns the time that is d from now, or no time for "0".
func (s *script) until(d string) protocol.Time {
	if d == "0" {
		return 0
	}
	return protocol.TimeOf(s.now.Add(duration(s.t, d)))
}

// rules prints the state of moderation that a user sees.
func (s *script) rules() {
	snap := s.c.Snapshot()
	var notes []string
	note := func(on bool, format string, args ...any) {
		if on {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	sanction := func(name string, of *client.Sanction) {
		if of != nil {
			note(of.Until.IsZero(), "%s for ever %s", name, of.Reason)
			note(!of.Until.IsZero(), "%s until %s %s", name, of.Until.Sub(scriptStart), of.Reason)
		}
	}
	sanction("muted", snap.Muted)
	sanction("banned", snap.Banned)
	note(snap.Frozen, "frozen")
	note(snap.SlowModeS > 0, "slow %ds", snap.SlowModeS)
	note(!snap.NextSendAt.IsZero(), "next at %s", snap.NextSendAt.Sub(scriptStart).Round(time.Millisecond))
	note(snap.Reports > 0, "%d reports", snap.Reports)
	if q := snap.Queue; q != nil {
		numbers := ""
		for i := range q.Reports {
			numbers += fmt.Sprint(" ", q.Reports[i].N)
		}
		note(true, "queue%s", numbers)
		note(q.More, "more")
		note(q.Loading, "loading")
		note(q.Closing != 0, "closing %d", q.Closing)
		note(q.Failed, "failed")
	}
	note(snap.Silenced != "", "silenced: %s", snap.Silenced)
	s.out.WriteString("rules: " + strings.Join(notes, "; ") + "\n")
}
