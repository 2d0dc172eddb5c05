package server

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/hub"
)

// messages answers with a page of a room's history.
func (s *Server) messages(c *fiber.Ctx) error {
	who, room, err := s.enter(c)
	if err != nil {
		return err
	}
	q, err := parseQuery(queryOf(c))
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	page, err := s.history.Page(ctx, room, who.User.ID, q)
	if err != nil {
		return s.unreadable(err)
	}
	return answer(c, fiber.StatusOK, page)
}

// post takes a send.
func (s *Server) post(c *fiber.Ctx) error {
	who, room, err := s.enter(c)
	if err != nil {
		return err
	}
	// The request's body as it came: Fiber's own accessor would unpack it without
	// a bound.
	send, err := protocol.DecodeSend(c.Request().Body(), room, s.limits)
	if err != nil {
		return refuseFrame(err)
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	out, err := s.backend.Post(ctx, who, send)
	if err := refuseOutcome(out, err); err != nil {
		return err
	}
	status := fiber.StatusOK
	if out.New {
		status = fiber.StatusCreated
	}
	return s.answerMessage(ctx, c, status, who, out.Message)
}

// message answers with one message.
func (s *Server) message(c *fiber.Ctx) error {
	who, room, id, err := s.enterMessage(c)
	if err != nil {
		return err
	}
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

func (s *Server) edit(c *fiber.Ctx) error {
	who, room, id, err := s.enterMessage(c)
	if err != nil {
		return err
	}
	edit, err := protocol.DecodeEdit(c.Request().Body(), room, id, s.limits)
	if err != nil {
		return refuseFrame(err)
	}
	return s.change(c, who, hub.Op{Kind: hub.OpEdit, Room: room, ID: id, Text: edit.Text, Encrypted: edit.Encrypted})
}

func (s *Server) delete(c *fiber.Ctx) error {
	who, room, id, err := s.enterMessage(c)
	if err != nil {
		return err
	}
	return s.change(c, who, hub.Op{Kind: hub.OpDelete, Room: room, ID: id})
}

func (s *Server) pin(on bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, room, id, err := s.enterMessage(c)
		if err != nil {
			return err
		}
		return s.change(c, who, hub.Op{Kind: hub.OpPin, Room: room, ID: id, On: on})
	}
}

func (s *Server) react(on bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, room, id, err := s.enterMessage(c)
		if err != nil {
			return err
		}
		emoji, err := pathOrQuery(c, "emoji")
		if err != nil || !protocol.ValidEmoji(emoji) {
			return refuse(protocol.CodeBadRequest, "the emoji must be 1 to 64 bytes without white space")
		}
		return s.change(c, who, hub.Op{Kind: hub.OpReact, Room: room, ID: id, Emoji: emoji, On: on})
	}
}

// change carries out an op on a message and answers with the message as it is
// then.
func (s *Server) change(c *fiber.Ctx, who hub.Identity, op hub.Op) error {
	ctx, cancel := s.begin(c)
	defer cancel()
	out, err := s.backend.Change(ctx, who, op)
	if err := refuseOutcome(out, err); err != nil {
		return err
	}
	return s.answerMessage(ctx, c, fiber.StatusOK, who, out.Message)
}

// answerMessage answers with what became of a message. The hub does not know
// the asking user's own emoji; the store does.
func (s *Server) answerMessage(ctx context.Context, c *fiber.Ctx, status int, who hub.Identity, m protocol.Message) error {
	if len(m.Reactions) > 0 {
		now, _, err := s.history.Message(ctx, m.Room, who.User.ID, m.ID)
		if err != nil {
			return s.unreadable(err)
		}
		m.Mine = now.Mine
	}
	return answer(c, status, m.Append(nil))
}

// enterMessage is enter for the route of one message.
func (s *Server) enterMessage(c *fiber.Ctx) (who hub.Identity, room, id string, err error) {
	who, room, err = s.enter(c)
	if err != nil {
		return who, "", "", err
	}
	id, err = param(c, "id")
	if err != nil || !protocol.ValidID(id) {
		return who, "", "", refuse(protocol.CodeBadRequest, "the id is no UUID in canonical lower case")
	}
	return who, room, id, nil
}
