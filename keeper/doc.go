// Package keeper is a device of the host in end-to-end encrypted rooms: it hands the rooms' keys to people who come while
// nobody else is there.
//
// The main type is [Keeper], which the command `hallway keeper` runs. It is the chat's own client without a view: for
// each room a driver with a vault and native ciphers. So it joins, keeps turns, and answers the requests of other devices by
// the core's rules, as everybody's chat does; people see it among the readers.
//
// To add a flag: a field of [Options], its check in [New], and the flag itself in relay/keeper.go.
//
// # What this package must not know
//
// The relay's packages: it speaks to a relay over the wire alone. Which device may have a key, and when: the core decides. What
// messages say is of no interest here, and is in no log.
package keeper
