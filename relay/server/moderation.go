package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// The least roles that may read the lists of moderation. The hub checks the roles for acts.
const (
	mayReadSanctions = protocol.RoleModerator
	mayReadReports   = protocol.RoleModerator
	mayReadAudit     = protocol.RoleOrganizer
)

// moderation answers the requests about sanctions, reports, the audit and revocations.
type moderation struct {
	*access
	store rules.Moderation
}

func (s *moderation) addTo(room fiber.Router) {
	room.Delete("/members/:user", s.moderate(protocol.ActRemove))
	room.Put("/members/:user/mute", s.putSanction(protocol.ActMute)).Delete("/members/:user/mute", s.moderate(protocol.ActUnmute))
	room.Put("/members/:user/ban", s.putSanction(protocol.ActBan)).Delete("/members/:user/ban", s.moderate(protocol.ActUnban))
	room.Delete("/members/:user/messages", s.onUser(s.clearUser))
	room.Get("/sanctions", s.inRoomAs(mayReadSanctions, s.sanctions)).Get("/audit", s.inRoomAs(mayReadAudit, s.audit))
	room.Get("/reports", s.inRoomAs(mayReadReports, s.reports)).Patch("/reports/:n", s.inRoom(s.resolve))
	room.Post("/messages/:id/report", s.onMessage(s.report))
}

// putSanction mutes or bans a user.
func (s *moderation) putSanction(act protocol.Act) fiber.Handler {
	return s.onUser(func(c *fiber.Ctx, who hub.Identity, room, user string) error {
		m, err := protocol.DecodeSanction(c.Request().Body(), room, act, user)
		if err != nil {
			return refuseFrame(err)
		}
		done, err := carryOut[rules.Moderated](s.access, c, who, hub.ModerateOp(s.now(), m))
		if err != nil {
			return err
		}
		return answer(c, fiber.StatusOK, done.Sanction.Append(nil))
	})
}

// moderate carries out an act whose answer has no body.
func (s *moderation) moderate(act protocol.Act) fiber.Handler {
	return s.onUser(func(c *fiber.Ctx, who hub.Identity, room, user string) error {
		return s.carryOutNoContent(c, who, rules.Op{Room: room, Do: rules.Moderate{Act: act, User: user}})
	})
}

// clearUser turns all messages of a user into tombstones.
func (s *moderation) clearUser(c *fiber.Ctx, who hub.Identity, room, user string) error {
	done, err := carryOut[rules.Moderated](s.access, c, who, rules.Op{Room: room, Do: rules.Moderate{Act: protocol.ActClear, User: user}})
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, protocol.AppendDeleted(nil, done.Cleared))
}

// sanctions answers with the mutes and bans of a room.
func (s *moderation) sanctions(c *fiber.Ctx, room string) error {
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
	found, err := s.store.Sanctions(ctx, room, rules.Part{After: part.After, Limit: limit + 2})
	if err != nil {
		return s.unreadable(err)
	}
	// The next page begins after a user, so a user's mute and ban must be on one page.
	if len(found) > limit && found[limit-1].User.ID == found[limit].User.ID {
		limit++
	}
	more := len(found) > limit
	return answer(c, fiber.StatusOK, protocol.AppendSanctions(nil, found[:min(len(found), limit)], moreField(part, more)))
}

// report puts a message on the moderators' list.
func (s *moderation) report(c *fiber.Ctx, who hub.Identity, room, id string) error {
	r, err := protocol.DecodeReport(c.Request().Body(), room, id)
	if err != nil {
		return refuseFrame(err)
	}
	reported, err := carryOut[rules.Reported](s.access, c, who, rules.Op{Room: room, Do: rules.Report{ID: id, Reason: r.Reason}})
	if err != nil {
		return err
	}
	status := fiber.StatusOK
	if reported.New {
		status = fiber.StatusCreated
	}
	return answer(c, status, reported.Report.Append(nil))
}

// reports answers with a page of a room's reports.
func (s *moderation) reports(c *fiber.Ctx, room string) error {
	q, err := parseList(queryOf(c), true)
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	found, err := s.store.Reports(ctx, room, q.state, q.before, q.limit+1)
	if err != nil {
		return s.unreadable(err)
	}
	more := len(found) > q.limit
	return answer(c, fiber.StatusOK, protocol.AppendReports(nil, found[:min(len(found), q.limit)], more))
}

// resolve closes a report.
func (s *moderation) resolve(c *fiber.Ctx, who hub.Identity, room string) error {
	n, err := strconv.ParseUint(c.Params("n"), 10, 63)
	if err != nil || n == 0 {
		return refuse(protocol.CodeBadRequest, "the report's number must be an integer of at least 1")
	}
	state, err := protocol.DecodeResolve(c.Request().Body())
	if err != nil {
		return refuseFrame(err)
	}
	reported, err := carryOut[rules.Reported](s.access, c, who, rules.Op{Room: room, Do: rules.Resolve{N: int64(n), State: state}})
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, reported.Report.Append(nil))
}

// audit answers with a page of a room's audit.
func (s *moderation) audit(c *fiber.Ctx, room string) error {
	q, err := parseList(queryOf(c), false)
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	found, err := s.store.Audit(ctx, room, q.before, q.limit+1)
	if err != nil {
		return s.unreadable(err)
	}
	more := len(found) > q.limit
	return answer(c, fiber.StatusOK, protocol.AppendAudit(nil, found[:min(len(found), q.limit)], more))
}

// revoke makes a user's tokens invalid, or valid again.
func (s *moderation) revoke(on bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, err := s.identify(c)
		if err != nil {
			return err
		}
		user, err := userParam(c)
		if err != nil {
			return err
		}
		return s.carryOutNoContent(c, who, rules.Op{Do: rules.Revoke{User: user, On: on}})
	}
}

// listQuery selects the part of a list.
type listQuery struct {
	state  protocol.ReportState // "": all states
	before int64                // 0: the newest
	limit  int
}

// parseList parses a listQuery. states reports whether it may have a state.
func parseList(query string, states bool) (listQuery, error) {
	l := listQuery{limit: protocol.PageMessagesDefault}
	return l, eachParam(query, func(name, v string) (err error) {
		var q rules.Query
		switch {
		case name == "before":
			err = readPosition(&q, name, v)
			l.before = max(1, q.At) // 0 would mean all
		case name == "limit":
			l.limit, err = readLimit(v)
		case name == "state" && states:
			if l.state = protocol.ReportState(v); !l.state.Valid() {
				err = refuse(protocol.CodeBadRequest, "state must be open, resolved or dismissed")
			}
		default:
			err = errUnknownParam
		}
		return err
	})
}
