package simulation

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"hallway/component/client"
	"hallway/protocol"
	memorybus "hallway/relay/bus/memory"
	"hallway/relay/rules"
	"hallway/store/memory"
)

// world is one run. Its parts own their state; the world makes them, and gives each tab its next life.
type world struct {
	clock
	weather weather
	db      database
	cluster cluster
	people  people
	sealed  sealedWorld
	last    lastChecks

	rooms     []string
	devices   []*device
	pages     []*page // the living page of each tab
	tabs      int     // the number of tabs so far
	tokens    map[string]issued
	moderator *moderator
}

// ClusterSeeds is the first seed with several relays; those below have one.
const ClusterSeeds = 1_000_000

// newWorld returns a world whose parts are empty.
func newWorld(seed uint64, trace io.Writer) *world {
	w := &world{clock: clock{rnd: rand.New(rand.NewPCG(seed, 0)), trace: trace}, tokens: map[string]issued{}}
	w.weather.c = &w.clock
	w.db = database{w: w, lives: map[string]*memory.Room{}, order: map[string]int{}, sent: map[string]string{}}
	w.cluster = cluster{w: w, relays: make([]*relay, 1), floor: map[string]int64{}}
	w.people = people{w: w, byID: map[string]*item{}, wishes: map[wish]*wished{}}
	w.sealed.w, w.last.w = w, w
	return w
}

// Run runs one seed. Its error names the first broken check. It writes a line for each event to trace, unless that is nil.
func Run(seed uint64, trace io.Writer) (err error) {
	w := newWorld(seed, trace)
	switch {
	case seed >= SealedClusterSeeds:
		w.cluster.relays = make([]*relay, 1+w.rnd.IntN(3))
	case seed >= ClusterSeeds && seed < SealedSeeds:
		w.cluster.relays = make([]*relay, 2+w.rnd.IntN(2))
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			if errors.Is(r, errBroken) {
				err = fmt.Errorf("seed %d, %.3fs: %w", seed, w.now.Seconds(), r)
				break
			}
			err = fmt.Errorf("seed %d, %.3fs: panic: %w\n%s", seed, w.now.Seconds(), r, debug.Stack())
		default:
			err = fmt.Errorf("seed %d, %.3fs: panic: %v\n%s", seed, w.now.Seconds(), r, debug.Stack())
		}
		if err != nil {
			w.note("world", "FAILED: %v", err)
		}
	}()
	w.weather.draw(w.cluster.several())
	w.sealed.begin(seed)
	w.cluster.network = memorybus.New(w.rnd, w.in)
	w.cluster.network.Faults = w.weather.ofNews()
	w.weather.files = seed%filesOneIn == filesOneIn-1
	w.weather.slow = seed%slowOneIn == slowOneIn-1
	w.populate()
	w.note("world", "%v of faults: %v", w.weather.storm, &w.weather)
	w.beginModeration(seed)
	w.begin()
	w.run(w.weather.storm)
	w.last.heal()
	return nil
}

// uuid returns the n-th id.
func uuid(n int) string { return fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n) }

// populate makes the rooms with their history, and the users, devices and tabs.
func (w *world) populate() {
	w.rooms = []string{"lobby", "stage"}[:1+w.rnd.IntN(4)/3]
	switch {
	case w.sealed.wide:
		w.rooms = []string{"lobby", "stage"}[:1+w.rnd.IntN(2)]
	case w.sealed.on:
		w.rooms = w.rooms[:1]
	}
	var made [][]rules.Op
	for _, name := range w.rooms {
		if w.weather.history == 0 && w.oneIn(2) && !w.weather.slow {
			continue // a room that nobody has entered
		}
		ops := []rules.Op{{Room: name, Sender: protocol.User{ID: "old"}, Do: rules.Configure{}}}
		for i := range w.weather.history {
			ops = append(ops, rules.Op{
				Room: name, Sender: protocol.User{ID: "old", Name: "old", Role: protocol.RoleParticipant},
				Do: rules.Send{Send: protocol.Send{Room: name, ID: uuid(i + 1), Text: fmt.Sprint(name, " ", i+1)}},
			})
		}
		if w.weather.slow {
			seconds := slowModeS
			ops = append(ops, rules.Op{Room: name, Sender: user("ada"), Do: rules.Adjust{Adjust: protocol.Adjust{Room: name, SlowModeS: &seconds}}})
		}
		made = append(made, ops)
	}
	w.db.store = memory.New(memory.Options{
		ReactionUsers: 1 + w.rnd.IntN(3), // small, so that reactions often do not name all their users
		Now:           func() time.Time { return start.Add(w.now + w.db.skew) },
	})
	for _, ops := range made {
		w.db.commit(start.Add(-1000*time.Second), ops...)
	}
	if w.sealed.on {
		w.sealed.sealRooms()
	}
	w.db.backup = w.db.store.Snapshot()
	users, tabs := 1+w.rnd.IntN(3), 3
	if w.oneIn(4) { // one user with many tabs
		users, tabs, w.rooms = 1, 5, w.rooms[:1]
	}
	for _, name := range []string{"ada", "bo", "cy"}[:users] {
		w.addTabs(newDevice(w, name), 1+w.rnd.IntN(tabs))
	}
}

// addTabs gives a device its tabs. In an encrypted world a moderator has one in each room, because somebody must make the
// room's secrets.
func (w *world) addTabs(d *device, tabs int) {
	everywhere := w.sealed.wide && client.Moderates(roleOf(d.user))
	if everywhere {
		tabs = max(tabs, len(w.rooms))
	}
	for i := range tabs {
		p := &page{w: w, dev: d, room: w.rooms[w.rnd.IntN(len(w.rooms))], place: len(w.pages)}
		if everywhere {
			p.room = w.rooms[i%len(w.rooms)]
		}
		if w.weather.on[disabledOffline] && w.oneIn(2) {
			p.offline = offlineDisable
		}
		w.pages = append(w.pages, p)
	}
}

// begin starts people, faults and everything else that continues without a cause.
func (w *world) begin() {
	w.cluster.start()
	for _, p := range w.pages {
		w.in(w.upTo(2*time.Second), func() { w.reopen(p) })
	}
	w.in(w.upTo(w.weather.pace), w.people.goOn)
	w.sealed.beginBan()
}
