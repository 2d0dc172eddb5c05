// Package lock holds the state of an end-to-end encrypted room: the user's device, the room's
// turns, the ids of known secrets, the devices that may get them, and the contents of messages.
//
// It knows a secret by its kid and a device by its id: the shell's vault has the keys
// ([client.Crypto]). The rules are here:
//
//   - A message is sealed for others only under the newest turn. The turn's signature and its maker's role were checked, the
//     turn is stored on disk, and its number is not below that of any turn that this device has stored.
//   - Until there is such a turn, a message is sealed for this device alone, if the device is stored, so that the outbox can
//     store the message.
//   - A secret is handed only to devices whose certificate is good now and opens the room, and whose user is shut out neither
//     by the newest turn nor by the next one.
//   - A message's text and files come from its encrypted content. Its author's name and role come from the certificate of the
//     device that has signed it. An edit with a lower number than one that was shown is never shown.
//
// The main type is [Lock], which routes frames and events to its parts. Each part owns its state, its deadlines and its
// decisions, and holds pointers to the parts below it, in this order:
//
//   - env: the step, the connection, the ops under way;
//   - device: the user's device, and its state at the relay and in the room;
//   - records: the checked devices; readers: the users who can read the room;
//   - turns: the newest turn and the highest one; outs: the users whom the next turn shuts out;
//   - keys: gets the newest secret and hands it to other devices; back: reads the secrets before it;
//   - maker: makes the turn that is due;
//   - contents: seals and opens messages.
//
// To add a frame, route it in Lock.Received; to add an event, route it in Lock.Take. To add an op, declare it in package client
// and start it with env.do. A new deadline belongs to a part. List a new part with deadlines in Lock.timed.
//
// # What this package must not know
//
// Ciphers and keys. The outbox, the timeline and the connection: the core hands over the messages to seal and to open, and takes
// the results.
package lock
