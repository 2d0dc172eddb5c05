package simulation

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hallway/component/client"
)

var errDisk = errors.New("the storage is full")

// device holds the state that the tabs of one user share: storage, locks, network, clock.
type device struct {
	w    *world
	user string

	disk    map[string]map[string]client.Item     // outboxes: room → id → item
	bytes   map[string]map[string]map[string]bool // the stored bytes of files: room → item → file
	missing bool                                  // the device has no storage
	full    bool                                  // the storage refuses to save
	done    time.Duration                         // the time when the storage will have carried out its tasks
	shared  bool                                  // the device has locks and a bus
	locks   map[string][]*page                    // by room: first the owner of the outbox, then the pages that wait

	cabinet cabinet // the values that the ciphers of its pages store

	skew    time.Duration // the time by which the clock is ahead
	offline bool          // no network
	silent  bool          // the host gives no tokens
}

// newDevice adds a device of a user to the world.
func newDevice(w *world, user string) *device {
	d := &device{
		w: w, user: user, disk: map[string]map[string]client.Item{}, bytes: map[string]map[string]map[string]bool{},
		locks: map[string][]*page{}, cabinet: cabinet{kept: map[string]keptValue{}},
	}
	for _, room := range w.rooms {
		d.disk[room], d.bytes[room] = map[string]client.Item{}, map[string]map[string]bool{}
	}
	d.missing = w.weather.strikes(diskMissing, 0.6) && !w.sealed.mustRemember(user)
	d.shared = !w.weather.strikes(noLocks, 0.6)
	if w.weather.strikes(clocks, 0.7) {
		d.skew = w.around(skewMax)
	}
	w.devices = append(w.devices, d)
	return d
}

// load returns the outbox of a room, in the order in which its items were written.
func (d *device) load(room string) []client.Item {
	var items []client.Item
	for _, item := range d.disk[room] {
		items = append(items, item)
	}
	slices.SortFunc(items, func(a, b client.Item) int {
		if a.Order != b.Order {
			return int(a.Order - b.Order)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return items
}

// lock makes a page wait for its room's outbox.
func (d *device) lock(p *page) {
	line := d.locks[p.room]
	if slices.Contains(line, p) {
		return
	}
	d.locks[p.room] = append(line, p)
	if len(line) == 0 {
		d.grant(p)
	}
}

// grant tells a page that it owns the outbox.
func (d *device) grant(p *page) {
	p.in(d.w.upTo(5*time.Millisecond), func() { p.step(client.Owns{User: d.user}) })
}

// unlock removes a page from the owner and the waiting pages, as its death does.
func (d *device) unlock(p *page) {
	line := d.locks[p.room]
	i := slices.Index(line, p)
	if i < 0 {
		return
	}
	line = slices.Delete(line, i, i+1)
	d.locks[p.room] = line
	if i == 0 && len(line) > 0 {
		d.grant(line[0])
	}
}

// broadcast delivers a note to the other living pages of the room. The notes of one page keep their order.
func (d *device) broadcast(from *page, note client.Note) {
	from.heard = max(from.heard, d.w.now+d.w.upTo(5*time.Millisecond))
	for _, p := range d.w.pages {
		if p != from && p.alive && p.dev == d && p.room == from.room {
			p.at(from.heard, func() { p.step(client.PeerSaid{Note: note}) })
		}
	}
}

// issued holds the claims of a token.
type issued struct {
	user    string
	expires time.Time
}

// token issues a token for the user.
func (d *device) token() string {
	w, ttl := d.w, 2*time.Hour
	if !w.weather.calm && w.weather.on[tokensEnd] {
		ttl = 10*time.Second + w.upTo(40*time.Second)
	}
	expires := start.Add(w.now + ttl).Truncate(time.Second)
	claims := fmt.Sprintf(`{"sub":%q,"exp":%d,"jti":"%d"}`, d.user, expires.Unix(), len(w.tokens))
	token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	w.tokens[token] = issued{d.user, expires}
	return token
}
