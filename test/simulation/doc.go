// Package simulation runs the component's shipped core and the relay's shipped hub against one another in virtual time,
// under every fault that we can name, and checks the promises of docs/GUARANTEES.md.
//
// A world is one thread: a queue of tasks, ordered by time, and one source of random numbers. So a seed always gives the same
// run, and you replay a failing one with a trace by
//
//	SEED=n make sim
//
// At first there are faults: people write while connections, requests, tabs, disks, tokens and the relay fail, each seed in
// its own way. Then the faults end, and within a bounded time everything must be well. The checks run all the time, on each
// step of each chat and each frame of the relay.
//
// A world has one relay, or, in seeds from [ClusterSeeds] on, two or three with one database. There clients come to the next
// relay with each connection and each request, and the relays' bus loses, delays and doubles news.
//
// From [SealedSeeds] on the rooms are end-to-end encrypted: by the vault that ships, over a symbolic cipher (cipher.go). There
// devices lose their keys, a moderator bans somebody, and in some seeds the relay lies (lies.go). sealwatch.go checks the
// promises about that. From [SealedClusterSeeds] on encrypted rooms have one relay to three, and there may be two rooms.
//
// A new fault is a constant in weather.go, and strikes in strike.go or at the place that it concerns. A new thing that people
// do belongs in people.go or reader.go, a new promise in watch.go, linkwatch.go or heal.go. A seed that found a fault joins
// Regressions.
//
// # The parts
//
//   - clock.go: time, tasks, chance, the trace; weather.go: the faults of a seed.
//   - database.go, locks.go: the store (store/memory), its restores, the locks of rooms, and all that was ever stored.
//   - cluster.go, bus.go: the relays, the balancer before them, the bus between them.
//   - relay.go, link.go, rest.go: one relay's process around its hub, its connections, its history. They are relay/server and
//     relay/conn.
//   - page.go, device.go: a chat in a tab, and what the tabs of one user share: storage, lock, bus. They are the shell
//     (component/driver) in virtual time. A page has parts: watch (watch.go) checks what it shows, person (people.go) is the
//     user in front of it, sealedPage (sealed.go) is its vault, uploads (files.go) its files under way.
//   - people.go, reader.go, moderator.go, strike.go: the acts of people, and the faults.
//   - sealed.go, cipher.go, lies.go: encrypted rooms.
//   - watch.go, linkwatch.go, sealwatch.go: the checks during the run; heal.go, level.go: those at its end.
package simulation
