package server

import (
	_ "embed"

	"github.com/gofiber/fiber/v2"
)

// openAPI describes all routes except the demo's. It is written by hand; tests compare it with the routes and with
// their answers.
//
//go:embed openapi.json
var openAPI []byte

// openapi answers GET /v1/openapi.json.
func openapi(c *fiber.Ctx) error {
	c.Context().SetUserValue(sharedBody{}, true)
	return answer(c, fiber.StatusOK, openAPI)
}
