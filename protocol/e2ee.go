package protocol

// PublicKey is a point of P-256 as a JWK has it: base64url of 32 bytes each.
type PublicKey struct{ X, Y string }

func (k *PublicKey) fields(c *codec) {
	for c.walk() {
		c.str("x", &k.X, must)
		c.str("y", &k.Y, must)
	}
}

// Device holds the public keys of a user's device in end-to-end encrypted rooms.
type Device struct {
	ID   string    // base64url of the first 16 bytes of the thumbprint of Sign
	Sign PublicKey // signs messages, turns and Box
	Box  PublicKey // receives secrets
	Sig  string    // by Sign, binds Box to the user
	Cert string    // a JWT by which the host's token issuer vouches for Sign
}

func (d *Device) fields(c *codec) {
	for c.walk() {
		c.str("id", &d.ID, opt)
		if c.enter("sign") {
			d.Sign.fields(c)
		}
		if c.enter("box") {
			d.Box.fields(c)
		}
		c.str("sig", &d.Sig, must)
		c.str("cert", &d.Cert, must)
	}
}

// deviceField describes a device.
func deviceField(c *codec, d *Device) {
	switch phase := c.turn("device", must, false); phase {
	case limits:
		c.refuse(c.checkDevice(d))
	default:
		if c.into("device", phase) {
			d.fields(c)
		}
	}
}

// Append appends the device's JSON to dst.
func (d *Device) Append(dst []byte) []byte { c := codec{out: dst}; d.fields(&c); return c.out }

// DecodeDevice decodes a device.
func DecodeDevice(data []byte) (d Device, err error) {
	c := read(data)
	d.fields(&c)
	return d, c.broken("device")
}

// Turn is a new secret of a room, signed by its maker.
type Turn struct {
	N       int64  // 1, 2, 3 …
	Kid     string // N, a dot, and base64url of 16 bytes that commit to the secret
	PrevKid string // of the previous turn; "": this is the first
	Prev    string // base64url of the hash of the previous turn; "": this is the first
	Link    string // the previous secret, encrypted with this one; "": a new chapter begins
	Out     []string
	By      string // the id of the device that made it
	At      string // the device's clock, RFC 3339, or a number
	Sig     string

	raw string // the JSON as read, so that members of later versions are kept
}

func (t *Turn) fields(c *codec) {
	if c.phase == writing && t.raw != "" {
		c.add(t.raw)
		c.inside = true
		return
	}
	c.loose = true // a client made it
	for c.walk() {
		c.int("n", &t.N, must)
		c.str("kid", &t.Kid, must)
		c.str("prev_kid", &t.PrevKid, opt)
		c.str("prev", &t.Prev, opt)
		c.str("link", &t.Link, opt)
		c.stringList("out", &t.Out, must)
		c.str("by", &t.By, must)
		c.stamp("at", &t.At)
		c.str("sig", &t.Sig, must)
		if c.phase == reading && c.ended && c.in.err == nil {
			t.raw = string(c.in.data[c.began:c.in.pos])
		}
	}
	c.loose = false
}

// turnField describes a turn.
func turnField(c *codec, t *Turn) {
	switch phase := c.turn("turn", must, false); phase {
	case limits:
		c.refuse(c.checkTurn(t, len(t.raw)))
	default:
		if c.into("turn", phase) {
			t.fields(c)
		}
	}
}

// stamp is a time, or a number that stands for one, in its written form.
func (c *codec) stamp(name string, v *string) {
	if c.phase != reading || c.in.peek() == '"' {
		c.str(name, v, must)
		return
	}
	c.number(name, v)
}

// maybeTurn is turnField for a turn in a relay's object; it is absent if the pointer is nil.
func maybeTurn(c *codec, t **Turn) {
	phase := c.turn("turn", opt, *t == nil)
	if phase == reading {
		*t = new(Turn)
	}
	if c.into("turn", phase) {
		(*t).fields(c)
	}
}

// Append appends the turn's JSON to dst: as it was read, or made from its fields.
func (t *Turn) Append(dst []byte) []byte { c := codec{out: dst}; t.fields(&c); return c.out }

// Bytes returns the approximate size of the turn's JSON; the exact size if the turn was read.
func (t *Turn) Bytes() int { return max(len(t.raw), turnBytes) }

// turnBytes is the approximate size of a turn that leaves no user out.
const turnBytes = 512

// DecodeTurn decodes a turn.
func DecodeTurn(data []byte) (t Turn, err error) {
	c := read(data)
	t.fields(&c)
	return t, c.broken("turn")
}

// Wrap is the secret of a turn, encrypted for one device by HPKE.
type Wrap struct {
	To  string // the device's id
	Enc string // base64url of 65 bytes
	CT  string // base64url of 48 bytes
}

func (w *Wrap) fields(c *codec) {
	for c.walk() {
		c.str("to", &w.To, must)
		c.str("enc", &w.Enc, must)
		c.str("ct", &w.CT, must)
	}
}

// Append appends the wrap's JSON to dst.
func (w *Wrap) Append(dst []byte) []byte { c := codec{out: dst}; w.fields(&c); return c.out }

// DecodeWrap decodes a wrap.
func DecodeWrap(data []byte) (w Wrap, err error) {
	c := read(data)
	w.fields(&c)
	return w, c.broken("wrap")
}

// wrapsField describes a list of wraps, which is always written.
func wrapsField(c *codec, all *[]Wrap) {
	c.list("wraps", len(*all), c.phase == writing, func(i int) {
		if i == len(*all) {
			*all = append(*all, Wrap{})
		}
		(*all)[i].fields(c)
	})
	if c.phase == limits {
		c.refuse(c.checkWraps(*all))
	}
}

// devicesField describes a list of devices.
func devicesField(c *codec, all *[]Device) {
	c.list("devices", len(*all), must, func(i int) {
		if i == len(*all) {
			*all = append(*all, Device{})
		}
		(*all)[i].fields(c)
	})
}

// turns is a page of a room's turns.
type turns struct {
	turns []Turn
	more  bool
}

func (p *turns) fields(c *codec) {
	for c.walk() {
		c.list("turns", len(p.turns), must, func(i int) {
			if i == len(p.turns) {
				p.turns = append(p.turns, Turn{})
			}
			p.turns[i].fields(c)
		})
		c.bool("more", &p.more, must)
	}
}

// AppendTurns appends the JSON of a page of turns to dst; more reports that earlier ones exist.
func AppendTurns(dst []byte, page []Turn, more bool) []byte {
	return appendList(dst, "turns", &more, len(page), func(dst []byte, i int) []byte { return page[i].Append(dst) })
}

// DecodeTurns decodes a page of turns; more reports that earlier ones exist.
func DecodeTurns(data []byte) (page []Turn, more bool, err error) {
	var p turns
	c := read(data)
	p.fields(&c)
	return p.turns, p.more, c.broken("list of turns")
}

// AppendDevices appends the JSON of a list of devices to dst.
func AppendDevices(dst []byte, devices []Device) []byte {
	return appendList(dst, "devices", nil, len(devices), func(dst []byte, i int) []byte { return devices[i].Append(dst) })
}

// DecodeDevices decodes a list of devices.
func DecodeDevices(data []byte) (devices []Device, err error) {
	c := read(data)
	for c.walk() {
		devicesField(&c, &devices)
	}
	return devices, c.broken("list of devices")
}
