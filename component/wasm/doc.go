// Command wasm is the program inside the custom element: it joins the view and
// the driver, and both to the element.
//
// It is built for GOOS=js only and sees the page through the scoped global that
// the element hands it. All that element and program say to each other goes
// through one object there, `hallway`:
//
//	config          {relay, room, token, offline, lang, client, issuer}, strings
//	getToken        a function that gives a promise of a token, or undefined
//	getDevice       the same for a certificate of this device, whose thumbprint it takes
//	cipher(op, in)  a promise of what a cipher does for an encrypted chat: see e2ee.Cipher
//	emit(type, detail)  an event for the host page
//	api             set by the program once the chat is in the document:
//	                {send, retry, discard, scrollTo, focus, moved, configure, close, destroy}
//
// A panic ends the program with a non-zero code; the element starts another.
//
// # What this package must not know
//
// What is in a frame, when to reconnect, what a message looks like.
package main
