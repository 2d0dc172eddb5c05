// Package relays tests several real relays that share a real PostgreSQL and exchange news over a real NATS server.
//
// The main type is world: newWorld starts its relays. A new fault is a method of its servers and relays. The package must not
// know the relay's packages: it uses the relays over the network. Tests of a single relay are elsewhere.
package relays
