// Package simulation runs the component's shipped core and the relay's shipped hub together in virtual time,
// under every fault that we know, and checks the promises of docs/GUARANTEES.md.
//
// A world is one thread with a queue of tasks, ordered by time, and one source of random numbers. So a seed always gives the same
// run. To replay a failing seed with a trace:
//
//	SEED=n make sim
//
// A run begins with faults: people write while connections, requests, tabs, disks, tokens and the relay fail, differently in each
// seed. Then the faults end, and within a bounded time every chat must be live and complete. The checks run all the time, at each
// step of each chat and each frame of the relay.
//
// A world has one relay. In seeds from [ClusterSeeds] on it has two or three relays with one database. There each connection and each
// request of a client goes to the next relay, and the relays' bus loses, delays and doubles news.
//
// From [SealedSeeds] on the rooms are end-to-end encrypted, by the shipped vault with a symbolic cipher (cipher.go). There
// devices lose their keys, a moderator bans a user, and in some seeds the relay lies (lies.go). sealwatch.go checks the
// promises of encrypted rooms. From [SealedClusterSeeds] on encrypted worlds have one to three relays and one or two rooms.
//
// The main type is world. A new fault is a constant in weather.go, with its effect in strike.go or at the place that it concerns. A new act of
// people belongs in people.go or reader.go, and the check of a new promise in watch.go, linkwatch.go or heal.go. Add a seed that has
// found a fault to Regressions. The package must not know the real transports and databases.
//
// # The parts
//
//   - clock.go: time, tasks, chance, the trace; weather.go: the faults of a seed.
//   - database.go, locks.go: the store (store/memory), its restores, the locks of rooms, and everything that was ever stored.
//   - cluster.go, bus.go: the relays, the balancer before them, the bus between them.
//   - relay.go, link.go, rest.go: one relay's process around its hub, its connections, its history. They stand in for relay/server
//     and relay/conn.
//   - page.go, device.go: a chat in a tab, and the state that the tabs of one user share: storage, lock, bus. They stand in for the
//     shell (component/driver) in virtual time. A page has parts: watch (watch.go) checks its state, person (people.go) is its
//     user, sealedPage (sealed.go) is its vault, and uploads (files.go) holds the files that it sends.
//   - people.go, reader.go, moderator.go, strike.go: the acts of people, and the faults.
//   - sealed.go, cipher.go, lies.go: encrypted rooms.
//   - watch.go, linkwatch.go, sealwatch.go: the checks during the run; heal.go, level.go: those at its end.
package simulation
