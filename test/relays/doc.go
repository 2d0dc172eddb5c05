// Package relays tests several real relays that share a real PostgreSQL and exchange news over a real NATS server.
//
// The main type is world: newWorld starts its relays. A new fault is a method of its servers and relays. The package must not
// know the packages below: it uses the relays from outside. Tests of one relay alone are elsewhere.
package relays
