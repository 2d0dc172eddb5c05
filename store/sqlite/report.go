package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"hallway/protocol"
	"hallway/relay/hub"
)

// report puts a report on the room's list; see [hub.OpReport].
func (b *batch) report(r *room, op *hub.Op) (hub.Outcome, error) {
	m, _, err := b.message(r, op.ID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return notFound(op), nil
	case err != nil:
		return hub.Outcome{}, err
	case m.Deleted():
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "the message was deleted"}, nil
	}
	open, err := scanReport(b.tx.Stmt(b.write.openReport).QueryRow(r.key, op.ID, op.Sender.ID).Scan)
	if !errors.Is(err, sql.ErrNoRows) {
		return hub.Outcome{Report: &open, Reports: r.reports}, err
	}
	added, err := b.tx.Stmt(b.write.insertReport).Exec(r.key, op.ID, op.Sender.ID, op.Sender.Name, op.Note, int64(b.now))
	if err != nil {
		return hub.Outcome{}, err
	}
	report := protocol.ReportEntry{
		ID: op.ID, By: protocol.User{ID: op.Sender.ID, Name: op.Sender.Name}, Reason: op.Note, At: b.now, State: protocol.ReportOpen,
	}
	if report.N, err = added.LastInsertId(); err != nil {
		return hub.Outcome{}, err
	}
	r.reports++
	err = b.audit(op, "report", m.Sender.ID, op.ID, numbered(report.N).text("reason", op.Note))
	return hub.Outcome{New: true, Report: &report, Reports: r.reports}, err
}

// resolve closes a report; see [hub.OpResolve].
func (b *batch) resolve(r *room, op *hub.Op) (hub.Outcome, error) {
	report, err := scanReport(b.tx.Stmt(b.write.selectReport).QueryRow(r.key, op.Report).Scan)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return notFound(op), nil
	case err != nil:
		return hub.Outcome{}, err
	case report.State == op.State:
		return hub.Outcome{Report: &report, Reports: r.reports}, nil
	case report.State != protocol.ReportOpen:
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "the report was closed otherwise"}, nil
	}
	report.State, report.ClosedBy, report.ClosedAt = op.State, op.Sender.ID, b.now
	_, err = b.tx.Stmt(b.write.closeReport).Exec(string(report.State), report.ClosedBy, int64(report.ClosedAt), report.N)
	if err != nil {
		return hub.Outcome{}, err
	}
	r.reports--
	act := "resolve"
	if op.State == protocol.ReportDismissed {
		act = "dismiss"
	}
	return hub.Outcome{New: true, Report: &report, Reports: r.reports}, b.audit(op, act, "", report.ID, numbered(report.N))
}

// numbered are details that name a report.
func numbered(n int64) details {
	return details(nil).member("report", strconv.AppendInt(nil, n, 10))
}

// reportColumns are what scanReport reads.
const reportColumns = `n, message, by_id, by_name, reason, at, state, closed_by, closed_at`

func scanReport(scan func(...any) error) (r protocol.ReportEntry, err error) {
	err = scan(&r.N, &r.ID, &r.By.ID, &r.By.Name, &r.Reason, (*int64)(&r.At), (*string)(&r.State), &r.ClosedBy, (*int64)(&r.ClosedAt))
	return r, err
}

// Reports lists a room's; see [hub.Moderation].
func (s *Store) Reports(
	ctx context.Context, room string, state protocol.ReportState, before int64, limit int,
) (reports []protocol.ReportEntry, err error) {
	err = query(ctx, s.read.directory.reports, func(scan func(...any) error) error {
		r, err := scanReport(scan)
		reports = append(reports, r)
		return err
	}, room, below(before), string(state), limit)
	if err != nil {
		return nil, fmt.Errorf("list the reports: %w", err)
	}
	return reports, nil
}
