// Package keeper is a device of the host in end-to-end encrypted rooms. It gives the rooms' keys to users who join while no
// other device is online.
//
// The main type is [Keeper]; the command `hallway keeper` runs one. It is the chat's own client without a view: a driver for
// each room, with a vault and native ciphers. So it joins, stores turns, and answers the requests of other devices by the
// core's rules, like every chat. The list of readers shows it.
//
// To add a flag, add a field to [Options], its check to [New], and the flag to relay/keeper.go.
//
// # What this package must not know
//
// The relay's packages: it uses the wire protocol alone. The devices that may have a key: the core decides. The texts of
// messages: it neither reads nor logs them.
package keeper
