package server

import (
	"cmp"
	"context"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// messages answers the requests about a room's messages.
type messages struct {
	*access
	history   History
	directory rules.Directory
	limits    protocol.Limits
}

func (s *messages) addTo(room fiber.Router) {
	room.Get("/messages", s.inRoom(s.page)).Post("/messages", s.inRoom(s.post))
	room.Get("/messages/:id", s.onMessage(s.get)).Patch("/messages/:id", s.onMessage(s.edit)).Delete("/messages/:id", s.onMessage(s.delete))
	room.Put("/messages/:id/pin", s.pin(true)).Delete("/messages/:id/pin", s.pin(false))
	room.Get("/messages/:id/reactions", s.onMessage(s.reactors))
	room.Put("/messages/:id/reactions/:emoji", s.react(true)).Delete("/messages/:id/reactions/:emoji", s.react(false))
}

// page answers with a page of a room's history.
func (s *messages) page(c *fiber.Ctx, who hub.Identity, room string) error {
	q, err := parseQuery(queryOf(c))
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	if q.Kind == rules.QuerySearch {
		if err := s.refuseSearch(ctx, room); err != nil {
			return err
		}
	}
	page, err := s.history.Page(ctx, room, who.User.ID, q)
	if err != nil {
		return s.unreadable(err)
	}
	return answer(c, fiber.StatusOK, page)
}

// refuseSearch refuses a search in an end-to-end encrypted room, because the relay cannot read its texts.
func (s *messages) refuseSearch(ctx context.Context, room string) error {
	settings, err := s.directory.Settings(ctx, room)
	switch {
	case err != nil:
		return s.unreadable(err)
	case settings.E2EE == 0:
		return nil
	}
	r := refuse(protocol.CodeForbidden, "this room is end-to-end encrypted: the relay cannot search it")
	r.problem.Why = protocol.WhyEncrypted
	return r
}

// post stores a message.
func (s *messages) post(c *fiber.Ctx, who hub.Identity, room string) error {
	// The raw body: Fiber's own accessor would decompress it without a bound.
	send, err := protocol.DecodeSend(c.Request().Body(), room, s.limits)
	if err != nil {
		return refuseFrame(err)
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	out, err := s.backend.Change(ctx, who, rules.Op{Room: room, Do: rules.Send{Send: send}})
	if err := refuseOutcome(out, err); err != nil {
		return err
	}
	status := fiber.StatusOK
	stored, _ := out.Result.(rules.Stored)
	if stored.New {
		status = fiber.StatusCreated
	}
	return s.answerMessage(ctx, c, status, who, stored)
}

// get answers with one message.
func (s *messages) get(c *fiber.Ctx, who hub.Identity, room, id string) error {
	ctx, cancel := s.begin(c)
	defer cancel()
	m, ok, err := s.history.Message(ctx, room, who.User.ID, id)
	switch {
	case err != nil:
		return s.unreadable(err)
	case !ok:
		return refuse(protocol.CodeNotFound, "the room has no message with this id")
	}
	return answer(c, fiber.StatusOK, m.Append(nil))
}

func (s *messages) edit(c *fiber.Ctx, who hub.Identity, room, id string) error {
	edit, err := protocol.DecodeEdit(c.Request().Body(), room, id, s.limits)
	if err != nil {
		return refuseFrame(err)
	}
	return s.change(c, who, rules.Op{Room: room, Do: rules.Edit{ID: id, Text: edit.Text, Encrypted: edit.Encrypted, Mentions: edit.Mentions}})
}

func (s *messages) delete(c *fiber.Ctx, who hub.Identity, room, id string) error {
	return s.change(c, who, rules.Op{Room: room, Do: rules.Delete{ID: id}})
}

func (s *messages) pin(on bool) fiber.Handler {
	return s.onMessage(func(c *fiber.Ctx, who hub.Identity, room, id string) error {
		return s.change(c, who, rules.Op{Room: room, Do: rules.Pin{ID: id, On: on}})
	})
}

func (s *messages) react(on bool) fiber.Handler {
	return s.onMessage(func(c *fiber.Ctx, who hub.Identity, room, id string) error {
		emoji, err := pathOrQuery(c, "emoji")
		if err != nil || !protocol.ValidEmoji(emoji) {
			return errEmoji
		}
		return s.change(c, who, rules.Op{Room: room, Do: rules.React{ID: id, Emoji: emoji, On: on}})
	})
}

// reactors answers with the users who have reacted to a message with an emoji.
func (s *messages) reactors(c *fiber.Ctx, _ hub.Identity, room, id string) error {
	part, err := parsePart(queryOf(c), protocol.ValidUser)
	if err != nil {
		return err
	}
	emoji, err := parseEmoji(queryOf(c))
	if err != nil {
		return err
	}
	limit := cmp.Or(part.Limit, protocol.PageMessagesDefault)
	part.Limit = limit + 1 // one more shows that the list goes on
	ctx, cancel := s.begin(c)
	defer cancel()
	users, found, err := s.directory.Reactors(ctx, room, id, emoji, part)
	switch {
	case err != nil:
		return s.unreadable(err)
	case !found && part.After != "":
		return refuse(protocol.CodeNotFound, "the user in after has not reacted to this message with this emoji")
	case !found:
		return refuse(protocol.CodeNotFound, "the room has no message with this id")
	}
	more := len(users) > limit
	users = users[:min(len(users), limit)]
	for i := range users {
		s.rank(room, &users[i])
	}
	return answer(c, fiber.StatusOK, protocol.AppendUsers(nil, users, more))
}

// change carries out an op on a message and answers with the changed message.
func (s *messages) change(c *fiber.Ctx, who hub.Identity, op rules.Op) error {
	ctx, cancel := s.begin(c)
	defer cancel()
	out, err := s.backend.Change(ctx, who, op)
	if err := refuseOutcome(out, err); err != nil {
		return err
	}
	stored, _ := out.Result.(rules.Stored)
	return s.answerMessage(ctx, c, fiber.StatusOK, who, stored)
}

// answerMessage answers with a changed message. It uses the hub's encoding unless the message has reactions, because
// only the store knows the user's own.
func (s *messages) answerMessage(ctx context.Context, c *fiber.Ctx, status int, who hub.Identity, stored rules.Stored) error {
	m := stored.Message
	switch {
	case len(m.Reactions) > 0:
		now, _, err := s.history.Message(ctx, m.Room, who.User.ID, m.ID)
		if err != nil {
			return s.unreadable(err)
		}
		m.Mine = now.Mine
	case stored.Encoded != nil:
		return answer(c, status, stored.Encoded)
	}
	return answer(c, status, m.Append(nil))
}
