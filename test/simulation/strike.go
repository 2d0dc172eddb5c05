package simulation

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/store/memory"
)

// strikesOn holds, for each fault that strikes now and then, its effect on a page or its surroundings.
var strikesOn = map[fault]func(w *world, p *page){
	cuts: func(_ *world, p *page) {
		if p.link != nil {
			p.link.lost()
		}
	},
	halfOpens: func(w *world, p *page) {
		if p.link != nil {
			way := []*pipe{&p.link.up, &p.link.down}[w.rnd.IntN(2)]
			way.dead = true
			w.note("world", "half open: %v", p.link)
		}
	},
	stalls: func(w *world, p *page) {
		if p.link != nil {
			p.link.stalled = w.now + w.upTo(10*time.Second)
			w.note("world", "stalled: %v", p.link)
		}
	},
	kills: func(w *world, _ *page) {
		if r := w.cluster.running(); r != nil {
			r.kill()
			r.restart(8 * time.Second)
		}
	},
	deploys: func(w *world, _ *page) {
		if r := w.cluster.running(); r != nil {
			r.deploy()
		}
	},
	restores: strikeRestore,
	clocks: func(w *world, p *page) {
		p.dev.skew = w.around(skewMax)
		w.db.skew = w.around(time.Hour)
	},
	freezes: func(w *world, p *page) {
		d := w.upTo(90 * time.Second)
		for _, x := range w.pages {
			if x == p || x.dev == p.dev && d > 45*time.Second {
				x.freeze(d)
			}
		}
	},
	throttles: func(_ *world, p *page) {
		p.throttled = !p.throttled
		if p.throttled {
			p.step(client.Hidden{})
		} else {
			p.step(client.Visible{})
		}
	},
	tabCloses: func(w *world, p *page) {
		if w.oneIn(2) {
			p.step(client.Close{})
		}
		p.die()
		w.in(w.upTo(5*time.Second), func() { w.reopen(p) })
	},
	diskFails: func(w *world, p *page) {
		p.dev.full = !p.dev.full
		w.note(p.dev.user, "storage full: %v", p.dev.full)
	},
	tokensFail:    func(_ *world, p *page) { p.dev.silent = !p.dev.silent },
	tokensRefused: strikeRefusal,
	limitsShrink: func(w *world, _ *page) {
		w.cluster.small = !w.cluster.small
		if r := w.cluster.running(); r != nil {
			r.deploy()
		}
	},
	networksGo: func(w *world, p *page) { p.dev.network(p.dev.offline) },
	edits:      strikeEdit,
	partitions: strikePartition,
	busCuts: func(w *world, _ *page) {
		if r := w.cluster.running(); r != nil {
			r.cut(w.upTo(20 * time.Second))
		}
	},
	pauses: func(w *world, _ *page) {
		if r := w.cluster.running(); r != nil {
			r.pause(w.upTo(15 * time.Second))
		}
	},
	promotions: func(w *world, _ *page) {
		all := !slices.ContainsFunc(w.rooms, func(room string) bool { return w.db.store.Life(room).Epoch() == "" })
		switch {
		case w.oneIn(2) && all:
			w.db.standby = w.db.store.Snapshot()
		case w.db.standby != memory.Snapshot{}:
			w.db.restore(w.db.standby)
		}
	},
}

// strike makes one fault strike.
func (w *world) strike(p *page) {
	if w.sealed.evicts && w.oneIn(8) {
		strikeEviction(w, p)
		return
	}
	f := fault(w.rnd.IntN(int(w.weather.kinds)))
	for range w.weather.kinds { // the next fault of this seed
		if do := strikesOn[f]; do != nil && w.weather.on[f] {
			w.note("world", "strikes: %s", faultNames[f])
			do(w, p)
			return
		}
		f = (f + 1) % w.weather.kinds
	}
}

// reopen opens a tab in place of a dead one, unless there is one already.
func (w *world) reopen(p *page) {
	if w.pages[p.place] == p && !p.alive {
		w.openTab(p)
	}
}

// network takes the device's network away, or brings it back. In most cases the browser reports it.
func (d *device) network(back bool) {
	w := d.w
	d.offline = !back
	w.note(d.user, "has a network: %v", back)
	for _, p := range w.pages {
		if p.dev != d || !p.alive {
			continue
		}
		if l := p.link; l != nil && !back {
			l.up.dead, l.down.dead = true, true
		}
		if w.oneIn(4) {
			continue
		}
		if back {
			p.in(0, func() { p.step(client.Online{}) })
		} else {
			p.in(0, func() { p.step(client.Offline{}) })
		}
	}
}

// strikeRestore makes a backup, or stops the relay and restores an earlier backup.
// the backup for later.
func strikeRestore(w *world, _ *page) {
	if w.oneIn(2) || w.cluster.running() == nil {
		w.db.backup = w.db.store.Snapshot()
		return
	}
	for _, r := range w.cluster.relays {
		if r != nil {
			r.kill()
		}
	}
	w.db.restore(w.db.backup)
	w.in(w.upTo(3*time.Second), w.cluster.start)
}

// strikePartition stops the news between two relays for a while.
func strikePartition(w *world, _ *page) {
	a, b := w.cluster.running(), w.cluster.running()
	if a == nil || a == b {
		return
	}
	w.note("world", "%s and %s do not hear each other", a.name, b.name)
	w.cluster.network.Part(a.member, b.member)
	w.in(w.upTo(20*time.Second), w.cluster.network.Heal)
}

// strikeRefusal makes the relays refuse all tokens for a while.
func strikeRefusal(w *world, _ *page) {
	w.cluster.refuses = true
	w.in(w.upTo(5*time.Second), func() { w.cluster.refuses = false })
}

// strikeEdit edits a message in the database, without the relays.
func strikeEdit(w *world, p *page) { w.db.edit(p.room, 80) }
