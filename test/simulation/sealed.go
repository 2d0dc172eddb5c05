package simulation

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"hallway/component/client"
	"hallway/component/vault"
	"hallway/e2ee"
	"hallway/protocol"
	"hallway/relay/rules"
)

const (
	// SealedSeeds is the first seed whose rooms are end-to-end encrypted. Those below SealedClusterSeeds have one relay and one
	// room.
	SealedSeeds = 2_000_000
	// SealedClusterSeeds is the first encrypted seed with one relay or several, and one room or two.
	SealedClusterSeeds = 3_000_000
)

// sealedWorld is the part of a world with encrypted rooms.
type sealedWorld struct {
	w       *world
	on      bool
	locked  bool // the rooms are encrypted from now on
	wide    bool // it may have several relays and rooms
	lies    bool // the relay lies
	evicts  bool // devices lose their keys
	symbols symbols
	// said holds the contents that authors have sealed, by the message's id and the text, with the number of the edit.
	said map[string]map[string]int64
	// wrote holds the last encrypted form that was written of each message, by its id.
	wrote  map[string]protocol.Encrypted
	newest map[string]string              // the kid of the newest turn in each life of a room, by epoch
	files  map[string]protocol.SealedFile // that were attached, by their ids
	forged map[string]bool                // kids that no moderator has made
	made   []protocol.Device              // by the relay, for nobody

	banned   string // a user whom a moderator bans in the room of that name during the run; "": nobody
	bannedIn string
}

// sealedPage is the part of a page in an encrypted world.
type sealedPage struct {
	p       *page
	vault   *vault.Vault
	vaulted time.Duration                // the time when the vault has carried out its ops
	floor   int64                        // the highest turn that was kept for this page
	seen    map[string]*protocol.Message // messages that were checked
	edits   map[string]int64             // the number of the edit that it shows, by the epoch and the message's id
	lied    map[string]bool              // messages about which the relay has lied
}

// issuerKeys stands for the key set of the host's token issuer.
const issuerKeys = "issuer"

// certTTL is how long certificates are good: longer than clocks are wrong.
const certTTL = 5 * 24 * time.Hour

// begin prepares a world with encrypted rooms. It draws from the world's randomness only in such a world.
func (s *sealedWorld) begin(seed uint64) {
	w := s.w
	if s.on = seed >= SealedSeeds; !s.on {
		return
	}
	s.symbols = symbols{sealed: map[string]symbol{}, signed: map[string]string{}}
	s.newest = map[string]string{}
	s.said, s.wrote, s.forged = map[string]map[string]int64{}, map[string]protocol.Encrypted{}, map[string]bool{}
	s.files = map[string]protocol.SealedFile{}
	s.wide = seed >= SealedClusterSeeds
	s.lies, s.evicts = w.oneIn(3), w.oneIn(3)
}

// sealRooms encrypts the rooms from now on.
func (s *sealedWorld) sealRooms() {
	w := s.w
	for _, room := range w.rooms {
		mo := protocol.User{ID: "mo", Role: protocol.RoleOrganizer}
		w.db.commit(start.Add(-10*time.Second), rules.Op{Room: room, Sender: mo, Do: rules.Configure{Settings: `{"e2ee":1}`}})
	}
	s.locked = true
}

// open gives a page in an encrypted world its vault.
func (e *sealedPage) open() {
	p := e.p
	if !p.w.sealed.on {
		return
	}
	e.seen, e.edits, e.lied = map[string]*protocol.Message{}, map[string]int64{}, map[string]bool{}
	e.vault = vault.New(vault.Options{
		Cipher: &cipher{p: p, checked: map[string][2]string{}, secrets: map[string]string{}}, Relay: "relay", Room: p.room, Now: p.clock,
		GetDevice:  func(_ context.Context, jkt string) (string, error) { return p.dev.certificate(jkt) },
		IssuerKeys: func(context.Context) ([]byte, error) { return []byte(issuerKeys), nil },
	})
}

// certificate returns the certificate of a device as the host's issuer makes it.
func (d *device) certificate(jkt string) (string, error) {
	if d.silent || d.offline {
		return "", errors.New("the host gives no certificate now")
	}
	return d.w.sealed.certify(d.user, jkt, issuerKeys), nil
}

// certify returns a certificate of a user's device by an issuer.
func (s *sealedWorld) certify(user, jkt, issuer string) string {
	w := s.w
	now := start.Add(w.now)
	claims := fmt.Sprintf(`{"sub":%q,"name":%q,"role":%q,"rooms":["*"],"iat":%d,"exp":%d,"cnf":{"jkt":%q}}`,
		user, sureName(user), roleOf(user), now.Unix(), now.Add(certTTL).Unix(), jkt)
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","typ":"hallway-device+jwt"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(claims))
	return signed + "." + e2ee.Encode(s.symbols.sign(issuer, []byte(signed)))
}

// sureName returns the name of a user as the issuer knows it; the relay tells another.
func sureName(user string) string { return "sure " + user }

// crypto lets the page's vault carry out an op, in the order in which they were asked for.
func (e *sealedPage) crypto(asked client.Crypto) {
	p := e.p
	e.vaulted = max(e.vaulted, p.w.now) + p.w.upTo(3*time.Millisecond)
	p.at(e.vaulted, func() {
		switch asked.Op.(type) {
		case client.OpenDevice, client.KeepTurn:
			if p.dev.full && !p.w.sealed.mustRemember(p.dev.user) {
				p.step(client.CryptoDone{Req: asked.Req, Err: errDisk})
				return
			}
		case client.CheckDevices:
			if p.dev.offline {
				p.step(client.CryptoDone{Req: asked.Req, Err: errors.New("the issuer's keys cannot be read")})
				return
			}
		}
		result, err := e.vault.Do(context.Background(), asked.Op)
		switch r := result.(type) {
		case client.TurnKept:
			e.floor = max(e.floor, r.N)
		case client.DeviceOpened:
			if r.Turn != nil {
				e.floor = max(e.floor, r.Turn.N)
			}
		}
		p.step(client.CryptoDone{Req: asked.Req, Result: result, Err: err})
	})
}

// ask asks the relay over REST, as a page of an encrypted room does beside its history.
func (e *sealedPage) ask(req int, token string, answer func(ctx context.Context, r *relay) (client.Event, error)) {
	p, w := e.p, e.p.w
	fail := func(status int) {
		p.in(w.weather.delay(), func() { p.step(client.RequestFailed{Req: req, Status: status}) })
	}
	if p.dev.offline || w.weather.strikes(httpLosses, 0.05) {
		fail(0)
		return
	}
	w.in(w.weather.delay(), func() {
		r := w.cluster.balance()
		if r == nil || w.weather.strikes(httpFails, 0.15) {
			fail(503)
			return
		}
		if _, err := r.Verify(r.clock(), netip.Addr{}, token); err != nil {
			fail(401)
			return
		}
		answered := false
		r.do(func() {
			if answered {
				return
			}
			answered = true
			ev, err := answer(context.Background(), r)
			if err != nil {
				w.fail("the store fails: %v", err)
			}
			p.in(w.weather.delay(), func() { p.step(ev) })
		})
		if !answered {
			w.in(requestMax, func() {
				if !answered {
					answered = true
					fail(0) // the relay is paused
				}
			})
		}
	})
}

// fetchTurns reads the turns of the room.
func (e *sealedPage) fetchTurns(f client.FetchTurns) {
	p := e.p
	e.ask(f.Req, f.Token, func(ctx context.Context, _ *relay) (client.Event, error) {
		turns, more, err := p.w.db.store.Turns(ctx, p.room, f.Before, f.Limit)
		return client.TurnsLoaded{Req: f.Req, Turns: turns, More: more}, err
	})
}

// fetchDevices reads devices; a relay that lies adds its own.
func (e *sealedPage) fetchDevices(f client.FetchDevices) {
	p := e.p
	e.ask(f.Req, f.Token, func(ctx context.Context, _ *relay) (client.Event, error) {
		devices, err := p.w.db.store.Devices(ctx, p.room, f.IDs)
		if p.w.sealed.lies && p.w.oneIn(3) {
			devices = append(devices, p.w.sealed.ghosts()...)
		}
		return client.DevicesLoaded{Req: f.Req, Devices: devices}, err
	})
}

// evictionsMax bounds how often a device gets new keys: a user may have ten devices.
const evictionsMax = 4

// mustRemember reports whether a user's devices keep their keys: a moderator must know which turns an older database has
// lost.
func (s *sealedWorld) mustRemember(user string) bool {
	w := s.w
	return s.on && w.weather.forgets() && client.Moderates(roleOf(user))
}

// strikeEviction takes the keys of a device away: the browser needed the room.
func strikeEviction(w *world, p *page) {
	if w.sealed.mustRemember(p.dev.user) || p.dev.cabinet.generation >= evictionsMax {
		return
	}
	w.note(p.dev.user, "loses its keys")
	p.dev.cabinet = cabinet{generation: p.dev.cabinet.generation + 1, kept: map[string]keptValue{}}
}

// beginBan lets Ada ban a participant after a while, and again until the relay has stored it.
func (s *sealedWorld) beginBan() {
	w := s.w
	last := w.pages[len(w.pages)-1]
	if !s.on || w.weather.forgets() || roleOf(last.dev.user) != protocol.RoleParticipant || !w.oneIn(2) {
		return
	}
	s.banned, s.bannedIn = last.dev.user, last.room
	w.in(w.upTo(w.weather.storm), s.ban)
}

// ban makes Ada ban the user, until a relay knows of the ban.
func (s *sealedWorld) ban() {
	w := s.w
	if r := w.cluster.running(); r != nil {
		ban := rules.Ban{Room: s.bannedIn, User: s.banned}
		if _, banned := r.hub.Bans().Of(r.clock(), ban, protocol.RoleParticipant); banned {
			return
		}
	}
	for _, p := range w.pages {
		if p.alive && p.dev.user == "ada" && p.room == s.bannedIn && w.now >= p.frozen {
			p.step(client.Moderate{Act: protocol.ActBan, User: s.banned})
		}
	}
	w.in(5*time.Second, s.ban)
}

// isBanned reports whether a user is banned in a room, or will be.
func (s *sealedWorld) isBanned(user, room string) bool {
	return user != "" && user == s.banned && room == s.bannedIn
}

// endLies opens all pages anew after the relay has lied, because a relay tells a rev only once.
func (s *sealedWorld) endLies() {
	w := s.w
	if !s.lies {
		return
	}
	for _, p := range w.pages {
		p.die()
		w.reopen(p)
	}
}

// renewKeys lets Ada make a new secret in rooms without a holder of the last one, once half of the time has passed.
func (c *lastChecks) renewKeys(end time.Duration) {
	w := c.w
	if !w.sealed.on || c.renewed || end-w.now > healMax/2 {
		return
	}
	c.renewed = true
	for _, p := range w.pages {
		if l := p.watch.shown.Lock; p.alive && p.dev.user == "ada" && l != nil && l.State == client.LockWaiting {
			p.step(client.NewTurn{})
		}
	}
}
