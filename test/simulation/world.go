package simulation

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"hallway/protocol"
	memorybus "hallway/relay/bus/memory"
	"hallway/relay/rules"
	"hallway/store/memory"
)

// start is the virtual time at which every world begins.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// stepsMax bounds the tasks of a virtual second: more is a loop.
const stepsMax = 20_000

// world is one run: one thread, one queue of tasks.
type world struct {
	rnd   *rand.Rand
	now   time.Duration // since start
	queue queue
	trace io.Writer // nil: none

	weather weather
	calm    bool // the faults have ended

	rooms  []string
	store  *memory.Store
	lives  map[string]*memory.Room // each life of each room as it was stored last, by epoch
	order  map[string]int          // the place of each life among all, from 1 on, by epoch
	sent   map[string]string       // the texts of messages as they were made, by id
	backup memory.Snapshot
	cluster
	skew    time.Duration
	small   bool // new relays take small texts only
	refuses bool // the relays refuse tokens
	tokens  map[string]issued
	devices []*device
	pages   []*page // the living page of each tab
	tabs    int     // so far
	files   int     // attached so far

	sealed    sealedWorld
	items     []*item // in the order of writing
	byID      map[string]*item
	wishes    map[wish]*wished
	wanted    int // changes asked for so far
	moderator *moderator

	second, steps int // to find loops
}

// ClusterSeeds is the first seed with several relays; those below have one.
const ClusterSeeds = 1_000_000

// errBroken carries the first broken check out of a run.
var errBroken = errors.New("broken")

// Run runs one seed. Its error names the first broken check. It writes a line for each event to trace, unless that is nil.
func Run(seed uint64, trace io.Writer) (err error) {
	w := &world{
		rnd:     rand.New(rand.NewPCG(seed, 0)),
		trace:   trace,
		lives:   map[string]*memory.Room{},
		order:   map[string]int{},
		sent:    map[string]string{},
		tokens:  map[string]issued{},
		byID:    map[string]*item{},
		wishes:  map[wish]*wished{},
		cluster: cluster{relays: make([]*relay, 1), floor: map[string]int64{}},
	}
	if seed >= ClusterSeeds && seed < SealedSeeds {
		w.relays = make([]*relay, 2+w.rnd.IntN(2))
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
	w.drawWeather()
	w.beginSealed(seed)
	w.network = memorybus.New(w.rnd, w.in)
	w.network.Faults = w.faultsOfNews()
	w.weather.files = seed%filesOneIn == filesOneIn-1
	w.weather.slow = seed%slowOneIn == slowOneIn-1
	w.populate()
	w.note("world", "%v of faults: %v", w.weather.storm, w.weather)
	w.beginModeration(seed)
	w.begin()
	w.run(w.weather.storm)
	w.heal()
	return nil
}

// fail ends the run with a broken check.
func (w *world) fail(format string, args ...any) {
	panic(fmt.Errorf("%w: %s", errBroken, fmt.Sprintf(format, args...)))
}

// note writes a line of the trace.
func (w *world) note(actor, format string, args ...any) {
	if w.trace != nil {
		_, _ = fmt.Fprintf(w.trace, "%10.3f %-10s %s\n", w.now.Seconds(), actor, fmt.Sprintf(format, args...))
	}
}

// in calls a function later.
func (w *world) in(d time.Duration, do func()) { w.queue.push(w.now+d, do) }

// run lets time pass.
func (w *world) run(d time.Duration) {
	end := w.now + d
	for len(w.queue.tasks) > 0 && w.queue.tasks[0].at <= end {
		t := w.queue.pop()
		w.now = t.at
		if s := int(w.now / time.Second); s != w.second {
			w.second, w.steps = s, 0
		}
		if w.steps++; w.steps > stepsMax {
			w.fail("more than %d steps in a second: a loop", stepsMax)
		}
		t.do()
	}
	w.now = end
}

// upTo returns a random time up to d, in whole microseconds.
func (w *world) upTo(d time.Duration) time.Duration {
	return time.Duration(w.rnd.Int64N(int64(d/time.Microsecond)+1)) * time.Microsecond
}

// latency returns the time of a frame or a request on its way.
func (w *world) latency() time.Duration {
	d := time.Millisecond + w.upTo(w.weather.latency)
	if w.strikes(delays, 0.02) {
		d += w.upTo(8 * time.Second)
	}
	return d
}

func (w *world) oneIn(n int) bool { return w.rnd.IntN(n) == 0 }

// uuid returns the n-th id.
func uuid(n int) string { return fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n) }

// populate makes rooms with their history, users, devices and tabs.
func (w *world) populate() {
	w.rooms = []string{"lobby", "stage"}[:1+w.rnd.IntN(4)/3]
	if w.sealed.on {
		w.rooms = w.rooms[:1] // with Ada in it, because somebody must make secrets
	}
	var made [][]rules.Op
	for _, name := range w.rooms {
		if w.weather.history == 0 && w.oneIn(2) && !w.weather.slow {
			continue // nobody has entered it
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
	w.store = memory.New(memory.Options{
		ReactionUsers: 1 + w.rnd.IntN(3), // few show what a crowd does
		Now:           func() time.Time { return start.Add(w.now + w.skew) },
	})
	for _, ops := range made {
		w.commit(start.Add(-1000*time.Second), ops...)
	}
	if w.sealed.on {
		w.sealRooms()
	}
	w.backup = w.store.Snapshot()
	users, tabs := 1+w.rnd.IntN(3), 3
	if w.oneIn(4) { // one user with many tabs
		users, tabs, w.rooms = 1, 5, w.rooms[:1]
	}
	for _, name := range []string{"ada", "bo", "cy"}[:users] {
		d := newDevice(w, name)
		for range 1 + w.rnd.IntN(tabs) {
			p := &page{w: w, dev: d, room: w.rooms[w.rnd.IntN(len(w.rooms))], place: len(w.pages)}
			if w.weather.on[disabledOffline] && w.oneIn(2) {
				p.offline = offlineDisable
			}
			w.pages = append(w.pages, p)
		}
	}
}

// commit carries out ops at once, behind the hub's back.
func (w *world) commit(now time.Time, ops ...rules.Op) {
	outcomes, err := w.store.Commit(now, ops)
	if err != nil {
		w.fail("the store fails: %v", err)
	}
	w.noteStored(ops, outcomes)
}

// noteStored notes what was made durable.
func (w *world) noteStored(ops []rules.Op, outcomes []rules.Outcome) {
	for i := range ops {
		w.noteLife(ops[i].Room)
		if stored, ok := outcomes[i].Result.(rules.Stored); ok && stored.New && stored.Message.Rev == stored.Message.Seq {
			w.sent[stored.Message.ID] = w.contentOf(&stored.Message)
		}
	}
}

// noteLife notes the life of a room as it is stored.
func (w *world) noteLife(room string) {
	h := w.store.Life(room)
	w.lives[h.Epoch()] = h
	if w.order[h.Epoch()] == 0 {
		w.order[h.Epoch()] = len(w.order) + 1
	}
}

// begin starts people, faults and everything else that goes on by itself.
func (w *world) begin() {
	w.startRelays()
	for _, p := range w.pages {
		w.in(w.upTo(2*time.Second), func() { w.reopen(p) })
	}
	w.in(w.upTo(w.weather.pace), w.goOn)
	w.beginBan()
}
