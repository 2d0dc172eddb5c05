// Package relays tests several real relays that share a real PostgreSQL and tell each other news over a real NATS server.
//
// The tests start a world of relays with newWorld; a new fault is a method of its servers and relays. What one relay does
// alone is tested elsewhere, and so is what the packages below decide.
package relays
