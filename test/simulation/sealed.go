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

// sealedWorld holds the state of a world that concerns encrypted rooms.
type sealedWorld struct {
	w       *world
	on      bool
	locked  bool // the rooms are encrypted from now on
	wide    bool // the world may have several relays and rooms
	lies    bool // the relay lies
	evicts  bool // devices lose their keys
	symbols symbols
	// said holds the number of the edit of each content that an author has sealed, by the message's id and the text.
	said map[string]map[string]int64
	// wrote holds the last encrypted form that was written of each message, by its id.
	wrote  map[string]protocol.Encrypted
	newest map[string]string              // the kid of the newest turn in each life of a room, by epoch
	files  map[string]protocol.SealedFile // the attached files, by id
	forged map[string]bool                // the kids that no moderator has made
	made   []protocol.Device              // the devices that the relay has invented

	banned   string // the user whom a moderator bans during the run; "": nobody
	bannedIn string // the room of the ban
}

// sealedPage holds the state of a page that concerns encrypted rooms.
type sealedPage struct {
	p       *page
	vault   *vault.Vault
	vaulted time.Duration                // the time when the vault will have carried out its ops
	floor   int64                        // the highest turn that the device has kept for this page
	seen    map[string]*protocol.Message // the checked messages
	edits   map[string]int64             // the number of the shown edit, by the epoch and the message's id
	lied    map[string]bool              // the messages about which the relay has lied
}

// issuerKeys stands for the key set of the host's token issuer.
const issuerKeys = "issuer"

// certTTL is the time for which certificates are valid. No clock is wrong by as much.
const certTTL = 5 * 24 * time.Hour

// begin prepares a world with encrypted rooms. In other worlds it draws no random number.
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

// open gives a page a vault if the world is encrypted.
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

// certificate returns the host's certificate of a device.
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

// sureName returns the name of a user that the issuer certifies; the relay tells another one.
func sureName(user string) string { return "sure " + user }

// crypto lets the page's vault carry out an op. The vault carries out ops in the order of the requests.
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

// ask sends a request about an encrypted room to the relay over REST.
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

// fetchDevices reads devices. A relay that lies adds devices of its own.
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

// evictionsMax bounds how often a device gets new keys, because a user may have ten devices.
const evictionsMax = 4

// mustRemember reports whether a user's devices never lose their keys. A moderator must know the turns that an older database has
// lost.
func (s *sealedWorld) mustRemember(user string) bool {
	w := s.w
	return s.on && w.weather.forgets() && client.Moderates(roleOf(user))
}

// strikeEviction deletes the keys of a device, as a browser does that needs the space.
func strikeEviction(w *world, p *page) {
	if w.sealed.mustRemember(p.dev.user) || p.dev.cabinet.generation >= evictionsMax {
		return
	}
	w.note(p.dev.user, "loses its keys")
	p.dev.cabinet = cabinet{generation: p.dev.cabinet.generation + 1, kept: map[string]keptValue{}}
}

// beginBan lets Ada ban a participant after a while, again and again until the relay has stored the ban.
func (s *sealedWorld) beginBan() {
	w := s.w
	last := w.pages[len(w.pages)-1]
	if !s.on || w.weather.forgets() || roleOf(last.dev.user) != protocol.RoleParticipant || !w.oneIn(2) {
		return
	}
	s.banned, s.bannedIn = last.dev.user, last.room
	w.in(w.upTo(w.weather.storm), s.ban)
}

// ban makes Ada ban the user, until a relay has stored the ban.
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

// endLies reloads all pages after the relay has lied, because a relay tells a rev only once.
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
