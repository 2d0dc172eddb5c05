// Package client is the language of the chat's core: its inputs ([Event]), the work
// that it hands out ([Effect]), and the state that a view shows ([Snapshot]).
// The core itself is package core; a view needs no more than this package.
//
// A new event or effect is added here, to event.go or effect.go. Package core then
// routes the event, and package driver carries out the effect.
//
// # What this package must not know
//
// How the core decides. It has types and limits, and no behaviour.
package client
