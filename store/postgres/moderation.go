package postgres

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
	err = s.each(ctx, func(scan func(...any) error) error {
		one := protocol.Sanction{}
		err := scan(&one.User.ID, &one.User.Name, (*string)(&one.User.Role), (*string)(&one.Kind), (*int64)(&one.Until),
			&one.Reason, &one.By.ID, &one.By.Name, (*int64)(&one.At))
		all = append(all, one)
		return err
	}, `SELECT s.user_id, coalesce(m.name, ''), coalesce(m.role, 'participant'), kind, until, reason, by_id, by_name, at
		FROM rooms JOIN sanctions s ON s.room = rooms.key LEFT JOIN members m ON m.room = rooms.key AND m.user_id = s.user_id
		WHERE rooms.name = $1 AND (until = 0 OR until > $2) AND s.user_id > $3 ORDER BY s.user_id, kind DESC LIMIT $4`,
		room, time.Now().UnixMicro(), text(part.After), limit(part))
	if err != nil {
		return nil, fmt.Errorf("list the sanctions: %w", err)
	}
	return all, nil
}

// Bans returns the bans in force; see [rules.Moderation].
func (s reader) Bans(ctx context.Context) (map[rules.Ban]rules.BanTerms, error) {
	bans := make(map[rules.Ban]rules.BanTerms)
	err := s.each(ctx, func(scan func(...any) error) error {
		var ban rules.Ban
		var terms rules.BanTerms
		err := scan(&ban.Room, &ban.User, (*int64)(&terms.Until), (*string)(&terms.UpTo))
		bans[ban] = terms
		return err
	}, `SELECT rooms.name, user_id, until, CASE WHEN known THEN '' ELSE by_role END FROM sanctions JOIN rooms ON rooms.key = sanctions.room
		WHERE kind = 'ban' AND rooms.name IS NOT NULL AND (until = 0 OR until > $1)`, time.Now().UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("read the bans: %w", err)
	}
	return bans, nil
}

// Ranked lists the users who are more than participants anywhere; see [rules.Moderation].
func (s reader) Ranked(ctx context.Context) (users []string, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var user string
		err := scan(&user)
		users = append(users, user)
		return err
	}, `SELECT user_id FROM ranks UNION SELECT user_id FROM members JOIN rooms ON rooms.key = members.room
		WHERE role IN ('moderator', 'organizer') AND rooms.name IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("read the ranks: %w", err)
	}
	return users, nil
}

// Reports lists a room's reports; see [rules.Moderation].
func (s reader) Reports(
	ctx context.Context, room string, state protocol.ReportState, before int64, limit int,
) (reports []protocol.ReportEntry, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		r, err := row.Report(scan)
		reports = append(reports, r)
		return err
	}, `SELECT `+row.ReportColumns+` FROM reports r WHERE room = (SELECT key FROM rooms WHERE name = $1) AND n < $2 AND $3 IN ('', state)
		ORDER BY n DESC LIMIT $4`, room, below(before), string(state), limit)
	if err != nil {
		return nil, fmt.Errorf("list the reports: %w", err)
	}
	return reports, nil
}

// Audit lists the acts in a room; see [rules.Moderation].
func (s reader) Audit(ctx context.Context, room string, before int64, limit int) (entries []protocol.AuditEntry, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		e, err := row.AuditEntry(scan)
		entries = append(entries, e)
		return err
	}, `SELECT `+row.AuditColumns+` FROM audit WHERE room = $1 AND n < $2 ORDER BY n DESC LIMIT $3`, room, below(before), limit)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return entries, nil
}

// Revocations returns the revoked users; see [rules.Moderation].
func (s reader) Revocations(ctx context.Context) (map[string]protocol.Time, error) {
	revoked := make(map[string]protocol.Time)
	err := s.each(ctx, func(scan func(...any) error) error {
		var user string
		var at int64
		err := scan(&user, &at)
		revoked[user] = protocol.Time(at)
		return err
	}, `SELECT user_id, at FROM revocations`)
	if err != nil {
		return nil, fmt.Errorf("read the revocations: %w", err)
	}
	return revoked, nil
}
