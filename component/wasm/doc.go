// Command wasm is the program inside the custom element: it connects the view, the
// driver and the element.
//
// It is built for GOOS=js only and sees the page through the scoped global that
// the element gives it. Element and program use one object there, `hallway`:
//
//	config          {relay, room, token, offline, lang, client, issuer}, strings
//	getToken        a function that returns a promise of a token, or undefined
//	getDevice       a function from the device's thumbprint to a promise of its certificate
//	cipher(op, in)  a promise of the result of an op of e2ee.Cipher, for an encrypted chat
//	emit(type, detail)  an event for the host page
//	api             set by the program when the chat is in the document:
//	                {send, retry, discard, scrollTo, focus, moved, configure, close, destroy}
//
// A panic ends the program with a non-zero code. Then the element starts it again.
//
// Start with main (main_js.go). To add a field of hallway, read it in config_js.go, add
// it to the list above, and set it in component/element/instance.js.
//
// # What this package must not know
//
// The content of a frame, when to reconnect, and the look of a message.
package main
