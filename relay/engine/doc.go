// Package engine runs a hub: it gives the hub a goroutine, a clock, sockets and a store.
//
// The main type is [Engine]. One goroutine owns the hub and takes one event after another: a connection's
// frame, a request over REST, the result of a commit, a tick. A second goroutine commits the hub's batches. Each
// connection's reader only hands events over, and waits while the hub is busy; the hub never waits.
//
//	engine.go   the two goroutines
//	link.go     a connection's events
//	request.go  what requests over REST and the store's upkeep ask of the hub
//	history.go  pages of history, from a room's window in memory or from the store
//	drain.go    the end
//
// To ask the hub for something new, add a method beside those of request.go: it hands over an event with ask,
// and the event calls the hub.
//
// # What this package must not know
//
// HTTP, SQL, the command line, the format of tokens. It decides nothing about rooms: the hub does.
package engine
