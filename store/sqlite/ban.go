package sqlite

import (
	"context"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Bans is who is banned from which rooms; see [hub.Moderation]. It is asked for once,
// at a relay's start.
func (s *Store) Bans(ctx context.Context) (map[hub.Ban]hub.BanTerms, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT rooms.name, user_id, until, CASE WHEN known THEN '' ELSE by_role END FROM sanctions
		JOIN rooms ON rooms.key = sanctions.room
		WHERE kind = 'ban' AND dropped = 0 AND (until = 0 OR until > ?)`, int64(protocol.TimeOf(time.Now())))
	if err != nil {
		return nil, fmt.Errorf("read the bans: %w", err)
	}
	defer func() { _ = rows.Close() }()
	bans := make(map[hub.Ban]hub.BanTerms)
	for rows.Next() {
		var ban hub.Ban
		var terms hub.BanTerms
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
