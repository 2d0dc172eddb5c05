// Package lock holds the state of an end-to-end encrypted room: the user's device, the room's
// turns, the ids of known secrets, the devices that may get them, and the contents of messages.
//
// It knows a secret by its kid and a device by its id: the shell's vault has the keys
// ([client.Crypto]). The rules are here:
//
//   - Nothing is sealed for others but under the newest turn, whose signature and whose maker's role were
//     checked, which is kept on disk, and which is not below any turn that this device has kept.
//   - What waits for such a turn is sealed for this device alone, if the device is stored, so that the outbox can store it.
//   - A secret is handed only to devices whose certificate is good now and opens the room, and
//     whose user is not shut out: by the newest turn, or by what is due.
//   - What a message says is taken from inside it, its author's name and role from the
//     certificate of the device that has signed it, and no edit with a lower number than one
//     that was shown before.
//
// The main type is [Lock], which routes frames and events to its parts. Each part owns its state, its deadlines and its
// decisions, and holds pointers to the parts below it, in this order:
//
//   - env: the step, the connection, the ops under way;
//   - device: the user's device, how far the relay and the room know it;
//   - records: the devices that were checked; readers: the users who can read;
//   - turns: the newest turn, the highest; outs: the users whom the next one shuts out;
//   - keys: the known secrets, the newest one's way here and on to others; back: those before it;
//   - maker: the turn that is due;
//   - contents: sealing and opening.
//
// A new frame is routed by Lock.Received, a new event by Lock.Take; a new op is added to package client, and begun by
// env.do. A new deadline belongs to a part, and a new part with deadlines to Lock.timed.
//
// # What this package must not know
//
// Ciphers and keys. The outbox, the timeline and the connection: the core hands over what is to
// be sealed and opened, and takes what came of it.
package lock
