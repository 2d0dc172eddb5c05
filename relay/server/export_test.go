package server

import (
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Routes returns the routes of a server, without the handlers around all of them.
func (s *Server) Routes() []fiber.Route { return s.app.GetRoutes(true) }

// Handler answers requests without a connection.
func (s *Server) Handler() fasthttp.RequestHandler { return s.app.Server().Handler }
