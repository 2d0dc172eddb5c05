package server

import (
	_ "embed"

	"github.com/gofiber/fiber/v2"
)

// openAPI describes all routes but the demo's. It is written by hand; a test
// holds it against the routes, and the answers of the tests against it.
//
//go:embed openapi.json
var openAPI []byte

// openapi is GET /v1/openapi.json.
func (s *Server) openapi(c *fiber.Ctx) error {
	c.Context().SetUserValue(sharedBody{}, true)
	return answer(c, fiber.StatusOK, openAPI)
}
