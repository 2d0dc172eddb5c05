package server

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// devicesMax limits the devices named in a request.
const devicesMax = 200

// locks answers the requests about turns and devices of end-to-end encrypted rooms.
type locks struct {
	*access
	store rules.Locks
}

// turns answers with a page of a room's turns.
func (s *locks) turns(c *fiber.Ctx, _ hub.Identity, room string) error {
	before, limit, err := parseTurns(queryOf(c))
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	page, more, err := s.store.Turns(ctx, room, before, limit)
	if err != nil {
		return s.unreadable(err)
	}
	return answer(c, fiber.StatusOK, protocol.AppendTurns(nil, page, more))
}

// parseTurns parses the query of a page of turns. It refuses unknown parameters.
func parseTurns(query string) (before int64, limit int, err error) {
	q := rules.Query{Limit: protocol.PageMessagesDefault}
	err = eachParam(query, func(name, v string) (err error) {
		switch name {
		case "before":
			err = readPosition(&q, name, v)
		case "limit":
			q.Limit, err = readLimit(v)
		default:
			err = errUnknownParam
		}
		return err
	})
	return q.At, q.Limit, err
}

// devices answers with the devices in a room or, if the query names devices, with those that are or were in it.
func (s *locks) devices(c *fiber.Ctx, _ hub.Identity, room string) error {
	ids, err := parseDevices(queryOf(c))
	if err != nil {
		return err
	}
	ctx, cancel := s.begin(c)
	defer cancel()
	found, err := s.store.Devices(ctx, room, ids)
	if err != nil {
		return s.unreadable(err)
	}
	return answer(c, fiber.StatusOK, protocol.AppendDevices(nil, found))
}

// parseDevices parses the ids of devices in a query, as repeated parameters or separated by commas.
func parseDevices(query string) (ids []string, err error) {
	values, err := paramsOf(query)
	if err != nil {
		return nil, err
	}
	for _, given := range values["id"] {
		ids = append(ids, strings.Split(given, ",")...)
	}
	if len(ids) > devicesMax {
		return nil, refuse(protocol.CodeBadRequest, "id may name at most "+strconv.Itoa(devicesMax)+" devices")
	}
	for _, id := range ids {
		if !protocol.ValidDevice(id) {
			return nil, refuse(protocol.CodeBadRequest, "id is not a device id")
		}
	}
	return ids, nil
}

// delete deletes a device.
func (s *locks) delete(c *fiber.Ctx) error {
	who, err := s.identify(c)
	if err != nil {
		return err
	}
	id, err := param(c, "id")
	if err != nil || !protocol.ValidDevice(id) {
		return refuse(protocol.CodeBadRequest, "this is not a device id")
	}
	return s.carryOutNoContent(c, who, rules.Op{Do: rules.Unregister{ID: id}})
}
