package sqlite

import (
	"context"
	"fmt"

	"hallway/protocol"
	"hallway/relay/hub"
)

// revoke has a user's tokens count no more, or again; see [hub.OpRevoke]. It is
// about no room.
func (b *batch) revoke(op *hub.Op) (out hub.Outcome, err error) {
	if op.User == op.Sender.ID {
		return hub.Outcome{Code: protocol.CodeForbidden, Reason: "nobody does this to themself"}, nil
	}
	rank := op.Rank
	if rank == "" {
		if rank, err = b.rank(op.User); err != nil {
			return out, err
		}
	}
	if !op.Sender.Role.MayModerate(rank) {
		return hub.Outcome{Code: protocol.CodeForbidden, Reason: "the user's role is not below one's own"}, nil
	}
	act := "unrevoke"
	if op.On {
		act, out.At = "revoke", b.now
		_, err = b.tx.Stmt(b.write.revoke).Exec(op.User, int64(b.now))
		out.New = true
	} else {
		out.New, err = affects(b.tx.Stmt(b.write.unrevoke).Exec(op.User))
	}
	if err == nil && out.New {
		err = b.audit(op, act, op.User, "", nil)
	}
	return out, err
}

// Revocations is who is revoked; see [hub.Moderation].
func (s *Store) Revocations(ctx context.Context) (map[string]protocol.Time, error) {
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
