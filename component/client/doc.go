// Package client declares the inputs and outputs of the chat's core: events ([Event]), effects for
// the shell ([Effect]), and the state that a view shows ([Snapshot]). The core itself is package
// core. A view needs only this package.
//
// To add an event or an effect, declare it in event.go or effect.go. Then route the event in package
// core, or carry out the effect in package driver.
//
// # What this package must not know
//
// How the core decides. It has types and limits, and no behaviour.
package client
