package memory

import (
	"context"
	"slices"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// shared answers the questions of relays on one database; see [rules.Shared].
type shared struct {
	*states
	now    func() time.Time
	leases map[string]lease // by job
}

var _ rules.Shared = (*shared)(nil)

// lease holds a job's holder and the end of the lease.
type lease struct {
	holder string
	until  time.Time
}

// Cluster returns the id of the store; see [rules.Shared].
func (s *shared) Cluster(context.Context) (string, error) { return "memory", nil }

// Heads reads the heads of rooms; see [rules.Shared].
func (s *shared) Heads(ctx context.Context, names []string) (rules.Heads, error) {
	state, err := s.read(ctx)
	if err != nil {
		return rules.Heads{}, err
	}
	heads := rules.Heads{Rooms: make([]rules.Head, len(names)), Revocations: state.everywhere}
	for i, name := range names {
		heads.Rooms[i].Room = name
		if r := state.rooms[name]; r != nil {
			heads.Rooms[i] = rules.Head{Room: name, Epoch: r.epoch, Head: r.head, Rules: r.ruled}
		}
	}
	return heads, nil
}

// Ruling reads the rules of a room that relays keep in memory; see [rules.Shared].
func (s *shared) Ruling(ctx context.Context, room string) (rules.Ruling, error) {
	state, err := s.read(ctx)
	if err != nil || state.rooms[room] == nil {
		return rules.Ruling{}, err
	}
	r := state.rooms[room]
	ruling := rules.Ruling{Epoch: r.epoch, Version: r.ruled, Settings: r.rules(), Reports: r.open(), Below: r.head + 1}
	if ruling.Settings.E2EE != 0 {
		lock := r.lock()
		ruling.Lock = &lock
	}
	if len(r.messages) > 0 {
		ruling.Below = r.messages[0].Seq
	}
	for key, one := range r.inForce(s.now()) {
		if key.kind == protocol.ActMute {
			ruling.Mutes = append(ruling.Mutes, r.shown(key, one))
		}
	}
	slices.SortFunc(ruling.Mutes, func(a, b protocol.Sanction) int { return strings.Compare(a.User.ID, b.User.ID) })
	return ruling, nil
}

// MarkRead moves read markers forward; see [rules.Shared].
func (s *shared) MarkRead(ctx context.Context, marks []rules.ReadMark) (stored []int64, err error) {
	if _, err := s.read(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = s.state.begin()
	stored = s.state.markRead(marks)
	s.state.end()
	if s.staged != nil {
		s.staged.markRead(marks)
	}
	return stored, nil
}

func (s *state) markRead(marks []rules.ReadMark) (stored []int64) {
	stored = make([]int64, len(marks))
	for i, m := range marks {
		if r := s.rooms[m.Room]; r == nil || r.epoch != m.Epoch {
			continue
		}
		r := s.own(m.Room)
		if at, found := r.member(m.User); found {
			r.members[at].Read = max(r.members[at].Read, min(m.Seq, r.head))
			stored[i] = r.members[at].Read
		}
	}
	return stored
}

// Lease gives a job to a holder; see [rules.Shared].
func (s *shared) Lease(ctx context.Context, job, holder string, d time.Duration) (held bool, err error) {
	if _, err := s.read(ctx); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if l, ok := s.leases[job]; ok && l.holder != holder && now.Before(l.until) {
		return false, nil
	}
	s.leases[job] = lease{holder, now.Add(d)}
	return true, nil
}
