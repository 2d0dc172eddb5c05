package protocol

// Register (type "device") registers the device of a connection.
type Register struct{ Device Device }

func (f *Register) fields(c *codec) {
	for c.frame("device") {
		deviceField(c, &f.Device)
	}
}

func (f Register) clientFrame(c *codec) { f.fields(c) }

// MakeTurn (type "turn") makes a new secret of a room, and hands it to some devices.
type MakeTurn struct {
	Room  string
	Turn  Turn
	Wraps []Wrap // of the new secret
}

func (f *MakeTurn) fields(c *codec) {
	for c.frame("turn") {
		roomField(c, &f.Room)
		turnField(c, &f.Turn)
		wrapsField(c, &f.Wraps)
	}
}

func (f MakeTurn) clientFrame(c *codec) { f.fields(c) }

// HandOn (type "wraps") hands the secret of a turn to devices.
type HandOn struct {
	Room  string
	N     int64 // the number of the turn
	Wraps []Wrap
}

func (f *HandOn) fields(c *codec) {
	for c.frame("wraps") {
		roomField(c, &f.Room)
		c.int("n", &f.N, must)
		wrapsField(c, &f.Wraps)
		if c.phase == limits && len(f.Wraps) == 0 {
			c.refuse(CodeBadRequest, "wraps is empty")
		}
	}
}

func (f HandOn) clientFrame(c *codec) { f.fields(c) }

// Want reports that the connection's device lacks the secret of a turn.
type Want struct {
	Room string
	N    int64 // the number of the turn
}

func (f *Want) fields(c *codec) {
	for c.frame("want") {
		roomField(c, &f.Room)
		c.int("n", &f.N, must)
	}
}

func (f Want) clientFrame(c *codec) { f.fields(c) }

// Registered (type "device") acknowledges a Register.
type Registered struct {
	ID     string // the device's id
	Device Device
}

func (f *Registered) fields(c *codec) {
	for c.frame("device") {
		c.str("id", &f.ID, must)
		deviceField(c, &f.Device)
	}
}

// Append appends the frame's JSON to dst.
func (f Registered) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Registered) relayFrame()                {}

// Locked is the state of an end-to-end encrypted room.
type Locked struct {
	Turn *Turn    // the newest; nil: no turn was made
	Wrap *Wrap    // of the turn's secret, for this device; nil: none is stored
	Due  bool     // a moderator or organizer must make a new turn
	Out  []string // users who must not get the new secret, if one is due
}

func (l *Locked) fields(c *codec) {
	for c.walk() {
		maybeTurn(c, &l.Turn)
		phase := c.turn("wrap", opt, l.Wrap == nil)
		if phase == reading {
			l.Wrap = new(Wrap)
		}
		if c.into("wrap", phase) {
			l.Wrap.fields(c)
		}
		c.stringList("due", &l.Out, l.Due)
		if c.phase == reading && c.has>>(c.at-1)&1 != 0 {
			l.Due = true
		}
	}
}

// lockedField describes the state of an encrypted room, absent if the pointer is nil.
func lockedField(c *codec, name string, l **Locked) {
	phase := c.turn(name, opt, *l == nil)
	if phase == reading {
		*l = new(Locked)
	}
	if c.into(name, phase) {
		(*l).fields(c)
	}
}

// Turned tells all users in a room of its new turn.
type Turned struct {
	Room string
	Turn Turn
}

func (f *Turned) fields(c *codec) {
	for c.frame("turned") {
		roomField(c, &f.Room)
		turnField(c, &f.Turn)
	}
}

// Append appends the frame's JSON to dst.
func (f Turned) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Turned) relayFrame()                {}

// Wrapped brings a device the secret of a turn.
type Wrapped struct {
	Room string
	N    int64 // the number of the turn
	Wrap Wrap
}

func (f *Wrapped) fields(c *codec) {
	for c.frame("wrapped") {
		roomField(c, &f.Room)
		c.int("n", &f.N, must)
		if c.enter("wrap") {
			f.Wrap.fields(c)
		}
	}
}

// Append appends the frame's JSON to dst.
func (f Wrapped) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Wrapped) relayFrame()                {}

// Wanted asks a device that has the secret of a turn to hand it to others.
type Wanted struct {
	Room    string
	N       int64 // the number of the turn
	Devices []Device
}

func (f *Wanted) fields(c *codec) {
	for c.frame("wanted") {
		roomField(c, &f.Room)
		c.int("n", &f.N, must)
		devicesField(c, &f.Devices)
	}
}

// Append appends the frame's JSON to dst.
func (f Wanted) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Wanted) relayFrame()                {}

// Due tells moderators and organizers that one of their devices must make a new turn.
type Due struct {
	Room string
	Out  []string // users who must not get the new secret
}

func (f *Due) fields(c *codec) {
	for c.frame("due") {
		roomField(c, &f.Room)
		c.stringList("out", &f.Out, must)
	}
}

// Append appends the frame's JSON to dst.
func (f Due) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Due) relayFrame()                {}
