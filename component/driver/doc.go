// Package driver is the shell around the chat's core (package core): it
// gives the core its clock, its socket, its history and its storage, in a
// browser and natively alike.
//
//	d := driver.Start(driver.Options{Relay: "https://chat.example.org", Room: "lobby", Token: token})
//	defer d.Close()
//	d.Send("Good morning.")
//
// # Who owns what
//
// One goroutine, the owner, calls the core and carries out its effects in their
// order. It never waits: whatever takes time has a goroutine of its own, which
// answers with an event.
//
//   - a link (one connection, from dial to close) reads and writes a socket;
//   - the keeper does the storage's work, one job after the other;
//   - a history request and a request for a token live once each;
//   - peers are the other pages of the device that share the outbox.
//
// What people and the device do ([Driver.Send], [Driver.Do]) goes through a
// queue that never blocks its caller, so that a JavaScript callback may use it.
//
// # Differences between the platforms
//
// The files x_js.go are for the browser, native.go for all else: how history is fetched, how
// a close code or a refused upgrade's status is learned, what random numbers
// come from, which [Storage] is the default, whether there are other pages.
// Nothing else knows where it runs.
//
// # What this package must not know
//
// What a frame means, when to try again, what to show: the core decides. The
// DOM and go-app. In the browser build: net/http, regexp, log/slog, for their
// weight.
package driver
