package sqlite

import (
	"context"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
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

// Reports lists a room's reports; see [rules.Moderation].
func (s reader) Reports(
	ctx context.Context, room string, state protocol.ReportState, before int64, limit int,
) (reports []protocol.ReportEntry, err error) {
	err = query(ctx, s.read.directory.reports, func(scan func(...any) error) error {
		r, err := row.Report(scan)
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
		e, err := row.AuditEntry(scan)
		entries = append(entries, e)
		return err
	}, room, below(before), limit)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return entries, nil
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
