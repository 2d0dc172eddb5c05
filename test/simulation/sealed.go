package simulation

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/component/vault"
	"hallway/e2ee"
	"hallway/protocol"
	"hallway/relay/rules"
)

// SealedSeeds is the first seed whose rooms are end-to-end encrypted.
const SealedSeeds = 2_000_000

// sealedWorld is what a world has whose rooms are encrypted.
type sealedWorld struct {
	on      bool
	lies    bool // the relay lies
	evicts  bool // devices lose their keys
	symbols symbols
	// said holds what authors have sealed, by the message's id and the text, with the number of the edit.
	said map[string]map[string]int64
	// wrote holds what was written last as a message, by its id.
	wrote  map[string]protocol.Encrypted
	forged map[string]bool   // kids that no moderator has made
	made   []protocol.Device // by the relay, for nobody

	renewed  bool   // Ada has made new secrets where the last one was lost
	banned   string // a user whom a moderator bans in the room of that name during the run; "": nobody
	bannedIn string
}

// sealedPage is what a page has in an encrypted world.
type sealedPage struct {
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

// beginSealed prepares a world with encrypted rooms. It draws from the world's randomness only in such a world.
func (w *world) beginSealed(seed uint64) {
	if w.sealed.on = seed >= SealedSeeds; !w.sealed.on {
		return
	}
	s := &w.sealed
	s.symbols = symbols{sealed: map[string]symbol{}, signed: map[string]string{}}
	s.said, s.wrote, s.forged = map[string]map[string]int64{}, map[string]protocol.Encrypted{}, map[string]bool{}
	s.lies, s.evicts = w.oneIn(3), w.oneIn(3)
}

// sealRooms encrypts the rooms from now on.
func (w *world) sealRooms() {
	for _, room := range w.rooms {
		mo := protocol.User{ID: "mo", Role: protocol.RoleOrganizer}
		w.commit(start.Add(-10*time.Second), rules.Op{Room: room, Sender: mo, Do: rules.Configure{Settings: `{"e2ee":1}`}})
	}
}

// openVault gives a page in an encrypted world its vault.
func (p *page) openVault() {
	if !p.w.sealed.on {
		return
	}
	p.seen, p.edits, p.lied = map[string]*protocol.Message{}, map[string]int64{}, map[string]bool{}
	p.vault = vault.New(vault.Options{
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
	return d.w.certify(d.user, jkt, issuerKeys), nil
}

// certify returns a certificate of a user's device by an issuer.
func (w *world) certify(user, jkt, issuer string) string {
	now := start.Add(w.now)
	claims := fmt.Sprintf(`{"sub":%q,"name":%q,"role":%q,"rooms":["*"],"iat":%d,"exp":%d,"cnf":{"jkt":%q}}`,
		user, sureName(user), roleOf(user), now.Unix(), now.Add(certTTL).Unix(), jkt)
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","typ":"hallway-device+jwt"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(claims))
	return signed + "." + e2ee.Encode(w.sealed.symbols.sign(issuer, []byte(signed)))
}

// sureName returns the name of a user as the issuer knows it; the relay tells another.
func sureName(user string) string { return "sure " + user }

// crypto lets the page's vault carry out an op, in the order in which they were asked for.
func (p *page) crypto(e client.Crypto) {
	p.vaulted = max(p.vaulted, p.w.now) + p.w.upTo(3*time.Millisecond)
	p.at(p.vaulted, func() {
		switch e.Op.(type) {
		case client.OpenDevice, client.KeepTurn:
			if p.dev.full && !p.w.mustRemember(p.dev.user) {
				p.step(client.CryptoDone{Req: e.Req, Err: errDisk})
				return
			}
		case client.CheckDevices:
			if p.dev.offline {
				p.step(client.CryptoDone{Req: e.Req, Err: errors.New("the issuer's keys cannot be read")})
				return
			}
		}
		result, err := p.vault.Do(context.Background(), e.Op)
		switch r := result.(type) {
		case client.TurnKept:
			p.floor = max(p.floor, r.N)
		case client.DeviceOpened:
			if r.Turn != nil {
				p.floor = max(p.floor, r.Turn.N)
			}
		}
		p.step(client.CryptoDone{Req: e.Req, Result: result, Err: err})
	})
}

// ask asks the relay over REST, as a page of an encrypted room does beside its history.
func (p *page) ask(req int, token string, answer func(ctx context.Context, r *relay) (client.Event, error)) {
	w := p.w
	fail := func(status int) {
		p.in(w.latency(), func() { p.step(client.RequestFailed{Req: req, Status: status}) })
	}
	if p.dev.offline || w.strikes(httpLosses, 0.05) {
		fail(0)
		return
	}
	w.in(w.latency(), func() {
		r := w.balance()
		if r == nil || w.strikes(httpFails, 0.15) {
			fail(503)
			return
		}
		if _, err := r.Verify(r.clock(), netip.Addr{}, token); err != nil {
			fail(401)
			return
		}
		ev, err := answer(context.Background(), r)
		if err != nil {
			w.fail("the store fails: %v", err)
		}
		p.in(w.latency(), func() { p.step(ev) })
	})
}

func (p *page) fetchTurns(f client.FetchTurns) {
	p.ask(f.Req, f.Token, func(ctx context.Context, _ *relay) (client.Event, error) {
		turns, more, err := p.w.store.Turns(ctx, p.room, f.Before, f.Limit)
		return client.TurnsLoaded{Req: f.Req, Turns: turns, More: more}, err
	})
}

func (p *page) fetchDevices(f client.FetchDevices) {
	p.ask(f.Req, f.Token, func(ctx context.Context, _ *relay) (client.Event, error) {
		devices, err := p.w.store.Devices(ctx, p.room, f.IDs)
		if p.w.sealed.lies && p.w.oneIn(3) {
			devices = append(devices, p.w.ghosts()...)
		}
		return client.DevicesLoaded{Req: f.Req, Devices: devices}, err
	})
}

// contentOf returns what a stored message says.
func (w *world) contentOf(m *protocol.Message) string {
	if m.Encrypted == nil {
		return m.Text
	}
	return w.plainOf(m.Encrypted).Text
}

func (w *world) plainOf(e *protocol.Encrypted) (said protocol.Content) {
	_, _, content, err := e2ee.ReadPlaintext(w.sealed.symbols.sealed[string(e2ee.Decode(e.CT))].plain)
	if err == nil {
		_, said, err = e2ee.ReadContent(content)
	}
	if err != nil {
		w.fail("nobody has sealed %+v", e)
	}
	return said
}

// turnOf returns the number of the turn that a kid names.
func turnOf(kid string) int64 {
	number, _, _ := strings.Cut(kid, ".")
	n, _ := strconv.ParseInt(number, 10, 64)
	return n
}

// noteSeal checks a kid that the page seals under, and notes what it says.
func (p *page) noteSeal(kid string, aad, plaintext []byte) {
	w := p.w
	if n := turnOf(kid); n < p.floor {
		w.fail("%s seals under %s, and has kept turn %d", p.name, kid, p.floor)
	}
	if w.sealed.forged[kid] {
		w.fail("%s seals under %s, which no moderator has made", p.name, kid)
	}
	_, _, content, _ := e2ee.ReadPlaintext(plaintext)
	edit, said, err := e2ee.ReadContent(content)
	place, ok := e2ee.Split(aad)
	if err != nil || !ok {
		w.fail("%s seals what cannot be read: %v", p.name, err)
	}
	id := string(place[2])
	if w.sealed.said[id] == nil {
		w.sealed.said[id] = map[string]int64{}
	}
	w.sealed.said[id][said.Text] = edit
}

// noteWrap checks a device that the page gives a secret.
func (p *page) noteWrap(kid, device string) {
	for _, g := range p.w.ghosts() {
		if g.ID == device {
			p.w.fail("%s gives a ghost the secret of %s", p.name, kid)
		}
	}
}

// noteTaken checks that nobody gets a secret of a turn that shuts the user out, or of a later one.
func (p *page) noteTaken(kid string) {
	turns, _, _ := p.w.store.Turns(context.Background(), p.room, 0, 1000)
	out := false
	for _, t := range turns {
		for _, user := range t.Out {
			out = out || user == p.dev.user
		}
		if out && t.Kid == kid {
			p.w.fail("%s has got the secret of %s, and is shut out", p.name, kid)
		}
	}
}

// wroteSealed checks what a page writes into an encrypted room.
func (l *link) wroteSealed(f protocol.ClientFrame) {
	w := l.w
	switch f := f.(type) {
	case protocol.Edit:
		if f.Encrypted == nil || f.Text != "" {
			w.fail("%v writes an edit in the clear: %+v", l, f)
		}
	case protocol.Send:
		if f.Encrypted == nil || f.Text != "" || len(f.Mentions) > 0 {
			w.fail("%v writes in the clear: %+v", l, f)
		}
		before, again := w.sealed.wrote[f.ID]
		on := &w.weather.on // without a storage or locks tabs do not know of each other's forms; an older database has an older key again
		if again && before != *f.Encrypted && !on[diskMissing] && !on[diskFails] && !on[noLocks] && !on[restores] {
			// The relay must have refused the earlier form for good.
			turns, _, _ := w.store.Turns(context.Background(), l.p.room, 0, 1)
			if len(turns) == 0 || turns[0].Kid == before.Kid {
				w.fail("%v writes %s sealed anew, while its earlier form may still be stored", l, short(f.ID))
			}
		}
		w.sealed.wrote[f.ID] = *f.Encrypted
	}
}

// inspectSealed checks what a page shows of encrypted messages: what is not marked is what its author has sealed.
func (p *page) inspectSealed(s *client.Snapshot) {
	w := p.w
	if !w.sealed.on {
		return
	}
	for _, m := range s.Messages {
		if p.seen[m.ID] == m || m.Deleted() || s.Marks[m.ID] != client.MarkNone {
			continue
		}
		p.seen[m.ID] = m
		edit, sealed := w.sealed.said[m.ID][m.Text]
		switch {
		case !sealed || m.Encrypted != nil:
			w.fail("%s shows unmarked what nobody has sealed: %+v", p.name, m)
		case m.Sender.Name != sureName(m.Sender.ID) || m.Sender.Role != roleOf(m.Sender.ID):
			w.fail("%s shows what the relay says of an author: %+v", p.name, m.Sender)
		case m.ReplyTo != p.asStored(m).ReplyTo || m.SentAt != p.asStored(m).SentAt:
			w.fail("%s shows unmarked at another place what was sealed: %+v", p.name, m)
		case edit < p.edits[p.epoch+m.ID]:
			w.fail("%s shows edit %d of %s after edit %d", p.name, edit, short(m.ID), p.edits[p.epoch+m.ID])
		}
		p.edits[p.epoch+m.ID] = edit
	}
	for _, o := range s.Outbox {
		if it := w.byID[o.ID]; o.Text != "" && o.Text != it.text {
			w.fail("%s shows %q as %s, which says %q", p.name, o.Text, short(o.ID), it.text)
		}
	}
}

// asStored returns a message as it is stored, or was in an earlier life of the room.
func (p *page) asStored(m *protocol.Message) *protocol.Message {
	if life := p.w.lives[p.epoch]; life != nil {
		if stored := life.Find(m.ID); stored != nil && !stored.Deleted() {
			return stored
		}
	}
	return m
}

// unsealed returns a stored message as it is shown where it can be opened.
func (p *page) unsealed(shown, stored *protocol.Message) *protocol.Message {
	if !p.w.sealed.on || stored.Encrypted == nil || shown.Encrypted != nil {
		return stored
	}
	m := *stored
	m.Text, m.Encrypted = p.w.contentOf(stored), nil
	return &m
}

// checkSealed checks that every message is opened by everybody who may read it, once all is well.
func (w *world) checkSealed() {
	if !w.sealed.on {
		return
	}
	for _, p := range w.pages {
		if w.isBanned(p.dev.user, p.room) {
			continue
		}
		turns, _, err := w.store.Turns(context.Background(), p.room, 0, 100_000)
		if err != nil {
			w.fail("the store fails: %v", err)
		}
		chapter := int64(0) // the first turn that can be read back
		for _, t := range turns {
			if t.Link == "" {
				chapter = t.N
			}
		}
		for _, m := range p.shown.Messages {
			stored := w.store.Life(p.room).Find(m.ID)
			switch mark := p.shown.Marks[m.ID]; {
			case m.Deleted() || stored == nil:
			case stored.Encrypted == nil && mark == client.MarkPlain, mark == client.MarkNone && m.Text == w.contentOf(stored):
			case mark == client.MarkBefore && (turnOf(stored.Encrypted.Kid) < chapter || w.sealed.lies): // a turn was withheld from a moderator
			default:
				w.fail("%s shows %s of turn %+v as %q, %q", p.name, short(m.ID), stored.Encrypted, mark, m.Text)
			}
		}
	}
}

// evictionsMax bounds how often a device gets new keys: a user may have ten devices.
const evictionsMax = 4

// mustRemember reports whether a user's devices keep their keys: a moderator must know which turns an older database has
// lost.
func (w *world) mustRemember(user string) bool {
	return w.sealed.on && w.weather.on[restores] && client.Leads(roleOf(user))
}

// strikeEviction takes the keys of a device away: the browser needed the room.
func strikeEviction(w *world, p *page) {
	if w.mustRemember(p.dev.user) || p.dev.cabinet.generation >= evictionsMax {
		return
	}
	w.note(p.dev.user, "loses its keys")
	p.dev.cabinet = cabinet{generation: p.dev.cabinet.generation + 1, kept: map[string]keptValue{}}
}

// beginBan lets Ada ban a participant after a while, and again until the relay has stored it.
func (w *world) beginBan() {
	last := w.pages[len(w.pages)-1]
	if !w.sealed.on || w.weather.on[restores] || roleOf(last.dev.user) != protocol.RoleParticipant || !w.oneIn(2) {
		return
	}
	w.sealed.banned, w.sealed.bannedIn = last.dev.user, last.room
	w.in(w.upTo(w.weather.storm), w.ban)
}

func (w *world) ban() {
	if r := w.running(); r != nil {
		ban := rules.Ban{Room: w.sealed.bannedIn, User: w.sealed.banned}
		if _, banned := r.hub.Bans().Of(r.clock(), ban, protocol.RoleParticipant); banned {
			return
		}
	}
	for _, p := range w.pages {
		if p.alive && p.dev.user == "ada" && p.room == w.sealed.bannedIn && w.now >= p.frozen {
			p.step(client.Moderate{Act: protocol.ActBan, User: w.sealed.banned})
		}
	}
	w.in(5*time.Second, w.ban)
}

// isBanned reports whether a user is banned in a room, or will be.
func (w *world) isBanned(user, room string) bool {
	return user != "" && user == w.sealed.banned && room == w.sealed.bannedIn
}

// endLies opens all pages anew after the relay has lied: what was told at a rev is not told again.
func (w *world) endLies() {
	if !w.sealed.lies {
		return
	}
	for _, p := range w.pages {
		p.die()
		w.reopen(p)
	}
}

// renewKeys lets Ada make a new secret where nobody who had the last one is left: half of the time has gone by.
func (w *world) renewKeys(end time.Duration) {
	if !w.sealed.on || w.sealed.renewed || end-w.now > healMax/2 {
		return
	}
	w.sealed.renewed = true
	for _, p := range w.pages {
		if l := p.shown.Lock; p.alive && p.dev.user == "ada" && l != nil && l.State == client.LockWaiting {
			p.step(client.NewTurn{})
		}
	}
}
