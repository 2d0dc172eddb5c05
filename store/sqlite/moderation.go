package sqlite

import (
	"context"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Sanctions lists a room's mutes and bans; see [rules.Moderation].
func (s reader) Sanctions(ctx context.Context, room string, part rules.Part) (all []protocol.Sanction, err error) {
	now := protocol.TimeOf(time.Now())
	err = query(ctx, s.read.directory.sanctions, func(scan func(...any) error) error {
		one := protocol.Sanction{}
		err := scan(&one.User.ID, &one.User.Name, (*string)(&one.User.Role), (*string)(&one.Kind), (*int64)(&one.Until),
			&one.Reason, &one.By.ID, &one.By.Name, (*int64)(&one.At))
		all = append(all, one)
		return err
	}, room, int64(now), part.After, limit(part))
	if err != nil {
		return nil, fmt.Errorf("list the sanctions: %w", err)
	}
	return all, nil
}

// Bans returns the bans in force; see [rules.Moderation]. It is asked for once, at a relay's
// start.
func (s reader) Bans(ctx context.Context) (map[rules.Ban]rules.BanTerms, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT rooms.name, user_id, until, CASE WHEN known THEN '' ELSE by_role END FROM sanctions
		JOIN rooms ON rooms.key = sanctions.room
		WHERE kind = 'ban' AND dropped = 0 AND (until = 0 OR until > ?)`, int64(protocol.TimeOf(time.Now())))
	if err != nil {
		return nil, fmt.Errorf("read the bans: %w", err)
	}
	defer func() { _ = rows.Close() }()
	bans := make(map[rules.Ban]rules.BanTerms)
	for rows.Next() {
		var ban rules.Ban
		var terms rules.BanTerms
		if err := rows.Scan(&ban.Room, &ban.User, (*int64)(&terms.Until), (*string)(&terms.UpTo)); err != nil {
			return nil, fmt.Errorf("read the bans: %w", err)
		}
		bans[ban] = terms
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the bans: %w", err)
	}
	return bans, nil
}

// Ranked lists the users who are more than participants anywhere; see [rules.Moderation].
// It is asked for once, at a relay's start.
func (s reader) Ranked(ctx context.Context) (users []string, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT user_id FROM ranks UNION SELECT user_id FROM members
		JOIN rooms ON rooms.key = members.room WHERE role IN ('moderator', 'organizer') AND dropped = 0`)
	if err != nil {
		return nil, fmt.Errorf("read the ranks: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var user string
		if err := rows.Scan(&user); err != nil {
			return nil, fmt.Errorf("read the ranks: %w", err)
		}
		users = append(users, user)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the ranks: %w", err)
	}
	return users, nil
}

// reportColumns are the columns that scanReport reads.
const reportColumns = `n, message, by_id, by_name, reason, at, state, closed_by, closed_at`

func scanReport(scan func(...any) error) (r protocol.ReportEntry, err error) {
	err = scan(&r.N, &r.ID, &r.By.ID, &r.By.Name, &r.Reason, (*int64)(&r.At), (*string)(&r.State), &r.ClosedBy, (*int64)(&r.ClosedAt))
	return r, err
}

// Reports lists a room's reports; see [rules.Moderation].
func (s reader) Reports(
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

// Audit lists what was done in a room; see [rules.Moderation].
func (s reader) Audit(ctx context.Context, room string, before int64, limit int) (entries []protocol.AuditEntry, err error) {
	err = query(ctx, s.read.directory.audit, func(scan func(...any) error) error {
		e, err := scanAudit(scan)
		entries = append(entries, e)
		return err
	}, room, below(before), limit)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return entries, nil
}

// auditColumns are the columns that scanAudit reads.
const auditColumns = `n, at, by_id, by_name, by_role, act, user_id, message, details`

func scanAudit(scan func(...any) error) (e protocol.AuditEntry, err error) {
	err = scan(&e.N, (*int64)(&e.At), &e.By.ID, &e.By.Name, (*string)(&e.By.Role), &e.Act, &e.User, &e.ID, &e.Details)
	return e, err
}

// Revocations returns the revoked users; see [rules.Moderation].
func (s reader) Revocations(ctx context.Context) (map[string]protocol.Time, error) {
	revoked := make(map[string]protocol.Time)
	err := query(ctx, s.read.directory.revocations, func(scan func(...any) error) error {
		var user string
		var at int64
		err := scan(&user, &at)
		revoked[user] = protocol.Time(at)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the revocations: %w", err)
	}
	return revoked, nil
}
