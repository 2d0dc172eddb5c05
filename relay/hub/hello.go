package hub

import (
	"slices"
	"time"

	"hallway/protocol"
)

// authenticator answers hellos.
type authenticator struct {
	*shared
	sessions *sessions
	users    *users
	rooms    *rooms
	ranking  *ranking
	grants   Grants // of the last token; see share
}

// hello answers the first hello of a session and every refreshing one with welcome.
func (a *authenticator) hello(now time.Time, s *Session, f protocol.Hello) {
	who, err := a.cfg.Verifier.Verify(now, s.client.From.Addr(), f.Token)
	switch {
	case err != nil:
		a.stats.BadTokens++
		a.refuseToken(s, err)
		return
	case a.revocations.Refuse(&who):
		a.stats.BadTokens++
		a.sessions.endRevoked(s)
		return
	case s.user == nil:
		u := a.users.of(who.User.ID)
		if a.cfg.ConnsPerUser > 0 && a.users.conns(u) >= a.cfg.ConnsPerUser {
			a.refuseConnection(s)
			return
		}
		a.users.connect(u, 1)
		a.stats.Welcomed++
		s.user = u
		s.conn.Admit()
	case who.User.ID != s.user.id:
		a.refuseToken(s, errAnotherUser)
		return
	}
	s.setUser(&who.User)
	a.share(&who)
	s.grants, s.until, s.key = who.Grants, nanos(who.Expires), who.Key
	if s.issuedAt = 0; !who.IssuedAt.IsZero() {
		s.issuedAt = nanos(who.IssuedAt)
	}
	s.send(protocol.Welcome{
		Session: s.client.ID, User: who.User, Server: a.cfg.Server,
		HeartbeatMs: a.cfg.HeartbeatMs, TimeoutMs: a.cfg.TimeoutMs, Limits: a.cfg.Limits,
		Features: a.cfg.Features,
	})
	if lost := a.regrant(s); len(lost) > 0 {
		who.Grants = lostGrants{who.Grants, lost}
	}
	a.ranking.noteToken(&who)
}

// share gives a token the grants of the last token if they are the same, because most tokens open the same rooms.
func (a *authenticator) share(who *Identity) {
	if a.grants != nil && a.grants.Same(who.Grants) {
		who.Grants = a.grants
	}
	a.grants = who.Grants
}

// errAnotherUser refuses a refreshing hello.
var errAnotherUser = &TokenError{Why: protocol.WhyUser, Reason: "the token belongs to another user"}

// refuseHello answers a malformed hello and ends the session.
func (a *authenticator) refuseHello(s *Session, reason string) {
	s.send(protocol.Error{Code: protocol.CodeUnauthorized, Message: reason})
	a.sessions.end(s, protocol.CloseUnauthorized, reason)
}

// refuseConnection answers the hello of a user with too many connections and ends the session.
func (a *authenticator) refuseConnection(s *Session) {
	const reason = "too many connections"
	s.send(protocol.Error{Code: protocol.CodeRateLimited, Message: reason})
	a.sessions.end(s, protocol.CloseTooMany, reason)
}

// refuseToken answers a hello with a bad token and ends the session.
func (a *authenticator) refuseToken(s *Session, err error) {
	t := AsTokenError(err)
	s.send(protocol.Error{Code: t.Code, Message: t.Reason, Why: t.Why, RetryAfterMs: milliseconds(t.RetryAfter)})
	code := protocol.CloseUnauthorized
	if t.Code == protocol.CodeUnavailable {
		code = protocol.CloseTryLater // the token may be good: the client keeps it
	}
	a.sessions.end(s, code, t.Reason)
}

// regrant removes the session from the rooms that its new token does not open, and returns their names.
func (a *authenticator) regrant(s *Session) (lost []string) {
	for _, m := range slices.Clone(s.members) {
		name := m.presence.room.name
		role, ok := s.grants.Role(name)
		if ok {
			a.rooms.setRole(m, role)
			continue
		}
		s.send(forbidden(name, ""))
		a.rooms.remove(m)
		lost = append(lost, name)
	}
	return lost
}
