// Package simulation runs the very core of the component and the very hub of
// the relay against one another in virtual time, under every fault that we
// can name, and holds what happens against what docs/GUARANTEES.md promises.
//
// A world is one thread: a queue of what happens next, ordered by time, and one
// source of random numbers. So a seed always gives the same run, and a failing
// one is replayed with a trace by
//
//	SEED=n make sim
//
// First comes a time of faults: people write while connections, requests,
// tabs, disks, tokens and the relay fail, each seed in its own way. Then the
// faults end, and within a bounded time everything must be well. The checks
// run all the while: each step of each chat, each frame of the relay.
//
// # The parts
//
//   - world.go: time, chance, names; weather.go: what may fail in a seed.
//   - page.go, device.go: a chat in a tab, and what the tabs of one user share:
//     storage, lock, bus. They are the shell (component/driver) in virtual time.
//   - relay.go, link.go, rest.go: the relay's process around its hub, its
//     connections, its history. They are relay/server and relay/conn.
//   - store.go: a store whose durable part survives the relay; held to
//     store/storetest like the real one.
//   - people.go, strike.go: what people do, what breaks.
//   - watch.go, heal.go: the checks while it happens, and those of the end.
package simulation
