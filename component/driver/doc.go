// Package driver is the shell around the chat's core (package core). It carries out the
// core's effects with a clock, a socket, requests for history and a storage, in a browser
// and natively.
//
//	d := driver.Start(driver.Options{Relay: "https://chat.example.org", Room: "lobby", Token: token})
//	defer d.Close()
//	d.Send("Good morning.")
//
// The main type is [Driver]. To carry out a new effect, add a case to Driver.carryOut. An
// effect that takes time needs a goroutine, which answers with an event.
//
// # Goroutines
//
// One goroutine, the owner, calls the core and carries out its effects in order. It never
// waits. The others:
//
//   - a link (one connection, from dial to close) reads and writes a socket;
//   - the keeper carries out the jobs of the storage, one after the other;
//   - at most one goroutine requests history, and one requests a token;
//   - peers are the other pages of the device that share the outbox.
//
// Events from the user and the device ([Driver.Send], [Driver.Do]) go through a
// queue that never blocks its caller, so a JavaScript callback may use it.
//
// # Differences between the platforms
//
// The files x_js.go are for the browser, native.go for all other platforms. They differ in
// the requests for history, close codes and the status of a refused upgrade, the
// source of random numbers, the default [Storage], and the other pages. No other
// file depends on the platform.
//
// # What this package must not know
//
// What a frame means, when to try again, and what to show: the core decides these. The
// DOM and go-app. In the browser build also net/http, regexp and log/slog, because they
// are large.
package driver
