package server

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// rooms answers the requests about rooms and their members.
type rooms struct {
	*access
	directory rules.Directory
}

// list answers with the rooms that the token opens.
func (s *rooms) list(c *fiber.Ctx) error {
	who, err := s.identify(c)
	if err != nil {
		return err
	}
	part, err := parsePart(queryOf(c), protocol.ValidRoom)
	if err != nil {
		return err
	}
	if part.Limit == 0 {
		part.Limit = roomsDefault
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	if err := s.backend.Level(ctx); err != nil {
		return s.unreadable(err)
	}
	found, more, err := s.roomsOf(ctx, who, part)
	if err != nil {
		return s.unreadable(err)
	}
	list := make([]protocol.Room, len(found))
	for i := range found {
		list[i] = seenBy(who, &found[i])
	}
	return answer(c, fiber.StatusOK, protocol.AppendRooms(nil, list, &more))
}

// get answers with one room.
func (s *rooms) get(c *fiber.Ctx, who hub.Identity, room string) error {
	ctx, cancel := s.begin(c)
	defer cancel()
	return s.answerRoom(ctx, c, fiber.StatusOK, who, room)
}

// put makes a room, or changes its title and settings.
func (s *rooms) put(c *fiber.Ctx, who hub.Identity, room string) error {
	set, err := protocol.DecodeConfigure(c.Request().Body())
	if err != nil {
		return refuseFrame(err)
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	// Two users who make the room at the same moment may both get 201.
	_, made, err := s.directory.Room(ctx, room, who.User.ID)
	if err != nil {
		return s.unreadable(err)
	}
	out, err := s.backend.Change(ctx, who, rules.Op{Room: room, Do: rules.Configure{Title: set.Title, Settings: set.Settings}})
	if err := refuseOutcome(out, err); err != nil {
		return err
	}
	status := fiber.StatusOK
	if !made {
		status = fiber.StatusCreated
	}
	return s.answerRoom(ctx, c, status, who, room)
}

// delete deletes a room with all its content.
func (s *rooms) delete(c *fiber.Ctx, who hub.Identity, room string) error {
	return s.carryOutNoContent(c, who, rules.Op{Room: room, Do: rules.Drop{}})
}

// members answers with the members of a room. Moderators and organizers get whole entries. Participants get their own
// whole entry and only the users of the others, unless the room's settings hide the list.
func (s *rooms) members(c *fiber.Ctx, who hub.Identity, room string) error {
	part, err := parsePart(queryOf(c), protocol.ValidUser)
	if err != nil {
		return err
	}
	name, err := parseNameQuery(queryOf(c))
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	staff, err := s.maySeeMembers(ctx, who, room)
	if err != nil {
		return err
	}
	if err := s.backend.Level(ctx); err != nil {
		return s.unreadable(err)
	}
	joined, more, err := s.joined(ctx, room, name, &part)
	if err != nil {
		return s.unreadable(err)
	}
	whole := func(m rules.MemberEntry) bool { return staff || m.User.ID == who.User.ID }
	var here map[string]bool
	if staff || slices.ContainsFunc(joined, whole) {
		if here, err = s.backend.Online(ctx, room); err != nil {
			return refuse(protocol.CodeUnavailable, "the relay is too busy to list the users who are here")
		}
	}
	members := make([]protocol.RoomMember, len(joined))
	for i, m := range joined {
		s.rank(room, &m.User)
		members[i] = protocol.RoomMember{
			User: m.User, UserOnly: !whole(m), Read: m.Read, Online: here[m.User.ID], JoinedAt: m.JoinedAt,
		}
	}
	return answer(c, fiber.StatusOK, protocol.AppendMembers(nil, members, moreField(part, more)))
}

// joined reads a part of a room's members, of all or, with a name, of the members found by it, and reports whether more
// follow. Without a limit, a name finds at most a page of members.
func (s *rooms) joined(ctx context.Context, room, name string, part *rules.Part) (members []rules.MemberEntry, more bool, err error) {
	if name == "" {
		return inSlices(*part, func(m rules.MemberEntry) string { return m.User.ID }, func(part rules.Part) ([]rules.MemberEntry, error) {
			return s.directory.Members(ctx, room, part)
		})
	}
	if part.Limit == 0 {
		part.Limit = protocol.PageMessagesDefault
	}
	members, err = s.directory.FindMembers(ctx, room, name, part.Limit+1)
	return members[:min(len(members), part.Limit)], len(members) > part.Limit, err
}

// maySeeMembers refuses users who may not see a room's members, and reports whether the user is a moderator or an
// organizer.
func (s *rooms) maySeeMembers(ctx context.Context, who hub.Identity, room string) (staff bool, err error) {
	if role, _ := who.Grants.Role(room); role.AtLeast(protocol.RoleModerator) {
		return true, nil
	}
	settings, err := s.directory.Settings(ctx, room)
	switch {
	case err != nil:
		return false, s.unreadable(err)
	case settings.MembersStaff:
		return false, errMembersStaff
	}
	return false, nil
}

var errMembersStaff = refuse(protocol.CodeForbidden, "only moderators and organizers may see the members of this room")

// answerRoom answers with the present state of a room.
func (s *rooms) answerRoom(ctx context.Context, c *fiber.Ctx, status int, who hub.Identity, name string) error {
	if err := s.backend.Level(ctx); err != nil {
		return s.unreadable(err)
	}
	r, ok, err := s.directory.Room(ctx, name, who.User.ID)
	switch {
	case err != nil:
		return s.unreadable(err)
	case !ok:
		return refuse(protocol.CodeNotFound, "the room does not exist")
	}
	room := seenBy(who, &r)
	return answer(c, status, room.AppendWhole(nil))
}

// seenBy returns a room as a user sees it.
func seenBy(who hub.Identity, r *rules.RoomEntry) protocol.Room {
	role, _ := who.Grants.Role(r.Name)
	return protocol.Room{
		Name: r.Name, Title: r.Title, Head: r.Head, Unread: r.Unread, Mentions: r.Mentions, Members: r.Members, Role: role, Last: r.Last,
		Epoch: r.Epoch, CreatedAt: r.CreatedAt, Settings: r.Settings,
	}
}
