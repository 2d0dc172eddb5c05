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
func (s reader) Sanctions(ctx context.Context, room string, part rules.Part) ([]protocol.Sanction, error) {
	return readAll(ctx, s.db, "list the sanctions", row.Sanction, `SELECT s.user_id, coalesce(m.name, ''), coalesce(m.role, 'participant'), kind, until, reason, by_id, by_name, at
		FROM rooms JOIN sanctions s ON s.room = rooms.key LEFT JOIN members m ON m.room = rooms.key AND m.user_id = s.user_id
		WHERE rooms.name = $1 AND (until = 0 OR until > $2) AND s.user_id > $3 ORDER BY s.user_id, kind DESC LIMIT $4`,
		room, time.Now().UnixMicro(), text(part.After), limit(part))
}

// Bans returns the bans in force; see [rules.Moderation].
func (s reader) Bans(ctx context.Context) (map[rules.Ban]rules.BanTerms, error) {
	bans := make(map[rules.Ban]rules.BanTerms)
	err := s.each(ctx, row.Bans(bans), `SELECT rooms.name, user_id, until, CASE WHEN known THEN '' ELSE by_role END FROM sanctions JOIN rooms ON rooms.key = sanctions.room
		WHERE kind = 'ban' AND rooms.name IS NOT NULL AND (until = 0 OR until > $1)`, time.Now().UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("read the bans: %w", err)
	}
	return bans, nil
}

// Ranked lists the users above participant in any room; see [rules.Moderation].
func (s reader) Ranked(ctx context.Context) ([]string, error) {
	return readAll(ctx, s.db, "read the ranks", row.Value[string], `SELECT user_id FROM ranks UNION SELECT user_id FROM members JOIN rooms ON rooms.key = members.room
		WHERE role IN ('moderator', 'organizer') AND rooms.name IS NOT NULL`)
}

// Reports lists a room's reports; see [rules.Moderation].
func (s reader) Reports(
	ctx context.Context, room string, state protocol.ReportState, before int64, limit int,
) ([]protocol.ReportEntry, error) {
	return readAll(ctx, s.db, "list the reports", row.Report, `SELECT `+row.ReportColumns+` FROM reports r WHERE room = (SELECT key FROM rooms WHERE name = $1) AND n < $2 AND $3 IN ('', state)
		ORDER BY n DESC LIMIT $4`, room, row.Below(before), string(state), limit)
}

// Audit lists the acts in a room; see [rules.Moderation].
func (s reader) Audit(ctx context.Context, room string, before int64, limit int) ([]protocol.AuditEntry, error) {
	return readAll(ctx, s.db, "read the audit", row.AuditEntry, `SELECT `+row.AuditColumns+` FROM audit WHERE room = $1 AND n < $2 ORDER BY n DESC LIMIT $3`, room, row.Below(before), limit)
}

// Revocations returns the revoked users; see [rules.Moderation].
func (s reader) Revocations(ctx context.Context) (map[string]protocol.Time, error) {
	revoked := make(map[string]protocol.Time)
	if err := s.each(ctx, row.Revocations(revoked), `SELECT user_id, at FROM revocations`); err != nil {
		return nil, fmt.Errorf("read the revocations: %w", err)
	}
	return revoked, nil
}
