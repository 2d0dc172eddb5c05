// Package lock holds the state of an end-to-end encrypted room: the user's device, the room's
// turns, the ids of known secrets, the devices that may get them, and the contents of messages.
//
// It knows a secret by its kid and a device by its id: the shell's vault has the keys
// ([client.Crypto]). The rules are here:
//
//   - Nothing is sealed but under the newest turn, whose signature and whose maker's role were
//     checked, which is kept on disk, and which is not below any turn that this device has kept.
//   - A secret is handed only to devices whose certificate is good now and opens the room, and
//     whose user is not shut out: by the newest turn, or by what is due.
//   - What a message says is taken from inside it, its author's name and role from the
//     certificate of the device that has signed it, and no edit with a lower number than one
//     that was shown before.
//
// The main type is [Lock]. A new frame of the relay is routed to it by package core; a new op
// is added to package client, and begun here by Lock.do.
//
// # What this package must not know
//
// Ciphers and keys. The outbox, the timeline and the connection: the core hands over what is to
// be sealed and opened, and takes what came of it.
package lock
