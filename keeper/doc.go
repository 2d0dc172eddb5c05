// Package keeper is the host's device in end-to-end encrypted rooms. It gives the rooms' keys to users who join while
// no other device is online.
//
// The main type is [Keeper]; the command `hallway keeper` runs one. It is the chat's own client without a view: a
// driver for each room, with a vault and native ciphers. So it joins, stores turns, and answers the requests of other
// devices by the core's rules, as every chat does. It appears in the list of readers.
//
// To add a flag, add a field to [Options], its check to [New], and the flag to relay/keeper.go.
//
// # What this package must not know
//
// The relay's packages: it uses only the wire protocol. It does not decide which devices may have a key: the core does.
// It neither reads nor logs the texts of messages.
package keeper
