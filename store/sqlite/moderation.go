package sqlite

import (
	"context"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

var listSanctions = reading(`SELECT sanctions.user_id, coalesce(members.name, ''), coalesce(members.role, 'participant'),
		kind, until, reason, by_id, by_name, at
	FROM rooms JOIN sanctions ON sanctions.room = rooms.key
	LEFT JOIN members ON members.room = rooms.key AND members.user_id = sanctions.user_id
	WHERE rooms.name = ? AND (until = 0 OR until > ?) AND sanctions.user_id > ?
	ORDER BY sanctions.user_id, kind DESC LIMIT ?`)

// Sanctions lists a room's mutes and bans; see [rules.Moderation].
func (s reader) Sanctions(ctx context.Context, room string, part rules.Part) ([]protocol.Sanction, error) {
	return readAll(ctx, s.reads[listSanctions], "list the sanctions", row.Sanction,
		room, int64(protocol.TimeOf(time.Now())), part.After, limit(part))
}

// Bans returns the bans in force; see [rules.Moderation]. A relay calls it once, at its start.
func (s reader) Bans(ctx context.Context) (map[rules.Ban]rules.BanTerms, error) {
	bans := make(map[rules.Ban]rules.BanTerms)
	err := ask(ctx, s.readers, row.Bans(bans), `SELECT rooms.name, user_id, until, CASE WHEN known THEN '' ELSE by_role END FROM sanctions
		JOIN rooms ON rooms.key = sanctions.room
		WHERE kind = 'ban' AND dropped = 0 AND (until = 0 OR until > ?)`, int64(protocol.TimeOf(time.Now())))
	if err != nil {
		return nil, fmt.Errorf("read the bans: %w", err)
	}
	return bans, nil
}

// Ranked lists the users above participant in any room; see [rules.Moderation]. A relay calls it once, at its start.
func (s reader) Ranked(ctx context.Context) (users []string, err error) {
	err = ask(ctx, s.readers, row.Into(&users, row.Value[string]), `SELECT user_id FROM ranks UNION SELECT user_id FROM members
		JOIN rooms ON rooms.key = members.room WHERE role IN ('moderator', 'organizer') AND dropped = 0`)
	if err != nil {
		return nil, fmt.Errorf("read the ranks: %w", err)
	}
	return users, nil
}

var listReports = reading(`SELECT ` + row.ReportColumns + ` FROM reports r
	WHERE room = (SELECT key FROM rooms WHERE name = ?1) AND n < ?2 AND ?3 IN ('', state) ORDER BY n DESC LIMIT ?4`)

// Reports lists a room's reports; see [rules.Moderation].
func (s reader) Reports(
	ctx context.Context, room string, state protocol.ReportState, before int64, limit int,
) ([]protocol.ReportEntry, error) {
	return readAll(ctx, s.reads[listReports], "list the reports", row.Report, room, row.Below(before), string(state), limit)
}

var listAudit = reading(`SELECT ` + row.AuditColumns + ` FROM audit WHERE room = ? AND n < ? ORDER BY n DESC LIMIT ?`)

// Audit lists the acts in a room; see [rules.Moderation].
func (s reader) Audit(ctx context.Context, room string, before int64, limit int) ([]protocol.AuditEntry, error) {
	return readAll(ctx, s.reads[listAudit], "read the audit", row.AuditEntry, room, row.Below(before), limit)
}

var listRevocations = reading(`SELECT user_id, at FROM revocations`)

// Revocations returns the revoked users; see [rules.Moderation].
func (s reader) Revocations(ctx context.Context) (map[string]protocol.Time, error) {
	revoked := make(map[string]protocol.Time)
	if err := query(ctx, s.reads[listRevocations], row.Revocations(revoked)); err != nil {
		return nil, fmt.Errorf("read the revocations: %w", err)
	}
	return revoked, nil
}
