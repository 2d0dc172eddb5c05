package rules

import (
	"strconv"

	"hallway/protocol"
)

// report adds a report to the room's list.
func report(s *Set, r *Room, op *Op, do Report) Outcome {
	m := r.messages[do.ID]
	switch {
	case m == nil:
		return notFound(op)
	case m.Deleted():
		return refuse(protocol.CodeConflict, "the message was deleted")
	}
	for _, row := range r.reports {
		if row.ID == do.ID && row.By.ID == op.Sender.ID && row.State == protocol.ReportOpen {
			return Outcome{Result: Reported{Report: row.ReportEntry, Open: r.Reports}}
		}
	}
	row := &ReportRow{
		ReportEntry: protocol.ReportEntry{
			N: s.NextReport, ID: do.ID, By: protocol.User{ID: op.Sender.ID, Name: op.Sender.Name}, Reason: do.Reason, At: s.Now,
			State: protocol.ReportOpen,
		},
		room: r, made: true,
	}
	r.reports = append(r.reports, row)
	s.Reports = append(s.Reports, row)
	s.NextReport++
	r.Reports++
	s.audit(op, "report", m.Sender.ID, do.ID, numbered(row.N).text("reason", do.Reason))
	return Outcome{Result: Reported{Report: row.ReportEntry, New: true, Open: r.Reports}}
}

// resolve closes a report.
func resolve(s *Set, r *Room, op *Op, do Resolve) Outcome {
	var row *ReportRow
	for _, one := range r.reports {
		if one.N == do.N {
			row = one
		}
	}
	switch {
	case row == nil:
		return notFound(op)
	case row.State == do.State:
		return Outcome{Result: Reported{Report: row.ReportEntry, Open: r.Reports}}
	case row.State != protocol.ReportOpen:
		return refuse(protocol.CodeConflict, "the report was closed with the other state")
	}
	row.State, row.ClosedBy, row.ClosedAt = do.State, op.Sender.ID, s.Now
	if !row.made && !row.changed {
		row.changed = true
		s.Reports = append(s.Reports, row)
	}
	r.Reports--
	act := "resolve"
	if do.State == protocol.ReportDismissed {
		act = "dismiss"
	}
	s.audit(op, act, "", row.ID, numbered(row.N))
	return Outcome{Result: Reported{Report: row.ReportEntry, New: true, Open: r.Reports}}
}

// numbered returns audit details with a report's number.
func numbered(n int64) details {
	return details(nil).member("report", strconv.AppendInt(nil, n, 10))
}
