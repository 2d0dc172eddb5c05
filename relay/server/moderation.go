package server

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Who may read what organizers and moderators do. What they may do is hub's.
const (
	mayReadSanctions = protocol.RoleModerator
	mayReadReports   = protocol.RoleModerator
	mayReadAudit     = protocol.RoleOrganizer
)

// putSanction mutes or bans a user.
func (s *Server) putSanction(act protocol.Act) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, room, user, err := s.enterUser(c)
		if err != nil {
			return err
		}
		m, err := protocol.DecodeSanction(c.Request().Body(), room, act, user)
		if err != nil {
			return refuseFrame(err)
		}
		out, err := s.carryOut(c, who, hub.ModerateOp(s.now(), m))
		if err != nil {
			return err
		}
		return answer(c, fiber.StatusOK, out.Sanction.Append(nil))
	}
}

// moderate does an act that leaves nothing to tell.
func (s *Server) moderate(act protocol.Act) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, room, user, err := s.enterUser(c)
		if err != nil {
			return err
		}
		if _, err := s.carryOut(c, who, hub.Op{Kind: hub.OpModerate, Room: room, Act: act, User: user}); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// clearUser makes all messages of a user tombstones.
func (s *Server) clearUser(c *fiber.Ctx) error {
	who, room, user, err := s.enterUser(c)
	if err != nil {
		return err
	}
	out, err := s.carryOut(c, who, hub.Op{Kind: hub.OpModerate, Room: room, Act: protocol.ActClear, User: user})
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, protocol.AppendDeleted(nil, out.Cleared))
}

// sanctions answers with the mutes and bans of a room.
func (s *Server) sanctions(c *fiber.Ctx) error {
	_, room, err := s.enterAs(c, mayReadSanctions)
	if err != nil {
		return err
	}
	part, err := parsePart(queryOf(c), protocol.ValidUser)
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	limit := part.Limit
	if limit == 0 {
		limit = listMax
	}
	found, err := s.moderation.Sanctions(ctx, room, hub.Part{After: part.After, Limit: limit + 2})
	if err != nil {
		return s.unreadable(err)
	}
	// What comes behind a user comes behind the mute and the ban: they stay together.
	if len(found) > limit && found[limit-1].User.ID == found[limit].User.ID {
		limit++
	}
	more := len(found) > limit
	return answer(c, fiber.StatusOK, protocol.AppendSanctions(nil, found[:min(len(found), limit)], told(part, more)))
}

// report puts a message on the list of those who moderate.
func (s *Server) report(c *fiber.Ctx) error {
	who, room, id, err := s.enterMessage(c)
	if err != nil {
		return err
	}
	r, err := protocol.DecodeReport(c.Request().Body(), room, id)
	if err != nil {
		return refuseFrame(err)
	}
	out, err := s.carryOut(c, who, hub.Op{Kind: hub.OpReport, Room: room, ID: id, Note: r.Reason})
	if err != nil {
		return err
	}
	status := fiber.StatusOK
	if out.New {
		status = fiber.StatusCreated
	}
	return answer(c, status, out.Report.Append(nil))
}

// reports answers with a page of a room's reports.
func (s *Server) reports(c *fiber.Ctx) error {
	_, room, err := s.enterAs(c, mayReadReports)
	if err != nil {
		return err
	}
	q, err := parseList(queryOf(c), true)
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	found, err := s.moderation.Reports(ctx, room, q.state, q.before, q.limit+1)
	if err != nil {
		return s.unreadable(err)
	}
	more := len(found) > q.limit
	return answer(c, fiber.StatusOK, protocol.AppendReports(nil, found[:min(len(found), q.limit)], more))
}

// resolve closes a report.
func (s *Server) resolve(c *fiber.Ctx) error {
	who, room, err := s.enter(c)
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(c.Params("n"), 10, 63)
	if err != nil || n == 0 {
		return refuse(protocol.CodeBadRequest, "the report's number must be an integer of at least 1")
	}
	state, err := protocol.DecodeResolve(c.Request().Body())
	if err != nil {
		return refuseFrame(err)
	}
	out, err := s.carryOut(c, who, hub.Op{Kind: hub.OpResolve, Room: room, Report: int64(n), State: state})
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, out.Report.Append(nil))
}

// audit answers with a page of what was done in a room.
func (s *Server) audit(c *fiber.Ctx) error {
	_, room, err := s.enterAs(c, mayReadAudit)
	if err != nil {
		return err
	}
	q, err := parseList(queryOf(c), false)
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	found, err := s.moderation.Audit(ctx, room, q.before, q.limit+1)
	if err != nil {
		return s.unreadable(err)
	}
	more := len(found) > q.limit
	return answer(c, fiber.StatusOK, protocol.AppendAudit(nil, found[:min(len(found), q.limit)], more))
}

// revoke has a user's tokens count no more, or again.
func (s *Server) revoke(on bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, err := s.identify(c)
		if err != nil {
			return err
		}
		user, err := userParam(c)
		if err != nil {
			return err
		}
		if _, err := s.carryOut(c, who, hub.Op{Kind: hub.OpRevoke, User: user, On: on}); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// refuseBanned keeps a room's past from who is banned there. What changes something is
// the store's to judge, which knows an id stored before.
func (s *Server) refuseBanned(who hub.Identity, room string) error {
	role, _ := who.Grants.Role(room)
	until, banned := s.backend.Banned(s.now(), hub.Ban{Room: room, User: who.User.ID}, role)
	if !banned {
		return nil
	}
	r := refuse(protocol.CodeForbidden, "banned from this room")
	r.problem.Why, r.problem.Until = protocol.WhyBanned, until
	return r
}

// carryOut has the backend do an op; a refusal is the error.
func (s *Server) carryOut(c *fiber.Ctx, who hub.Identity, op hub.Op) (hub.Outcome, error) {
	ctx, cancel := s.begin(c)
	defer cancel()
	out, err := s.backend.Change(ctx, who, op)
	return out, refuseOutcome(out, err)
}

// enterAs is enter for those whose role in the room is that at least.
func (s *Server) enterAs(c *fiber.Ctx, least protocol.Role) (who hub.Identity, room string, err error) {
	who, room, err = s.enter(c)
	if err != nil {
		return who, "", err
	}
	if role, _ := who.Grants.Role(room); !role.AtLeast(least) {
		return who, "", refuse(protocol.CodeForbidden, "the role does not allow this")
	}
	return who, room, nil
}

// enterUser is enter for a route about a user.
func (s *Server) enterUser(c *fiber.Ctx) (who hub.Identity, room, user string, err error) {
	who, room, err = s.enter(c)
	if err != nil {
		return who, "", "", err
	}
	user, err = userParam(c)
	return who, room, user, err
}

func userParam(c *fiber.Ctx) (string, error) {
	user, err := pathOrQuery(c, "user")
	if err != nil || !protocol.ValidUser(user) {
		return "", refuse(protocol.CodeBadRequest, "this is no valid id of a user")
	}
	return user, nil
}

// listQuery is which part of a list is wanted.
type listQuery struct {
	state  protocol.ReportState // "": of every state
	before int64                // 0: from the newest
	limit  int
}

// parseList reads it; states tells whether state may be asked for.
func parseList(query string, states bool) (listQuery, error) {
	l := listQuery{limit: protocol.PageMessagesDefault}
	values, err := url.ParseQuery(query)
	if err != nil {
		return l, refuse(protocol.CodeBadRequest, "the query is malformed")
	}
	for name, v := range values {
		var q hub.Query
		switch {
		case len(v) > 1:
			err = errTwice
		case name == "before":
			err = readPosition(&q, name, v[0])
			l.before = max(1, q.At) // of all is 0
		case name == "limit":
			l.limit, err = readLimit(v[0])
		case name == "state" && states:
			if l.state = protocol.ReportState(v[0]); !l.state.Valid() {
				err = refuse(protocol.CodeBadRequest, "state must be open, resolved or dismissed")
			}
		default:
			err = refuse(protocol.CodeBadRequest, "the query has a parameter that is not known")
		}
		if err != nil {
			return l, err
		}
	}
	return l, nil
}
