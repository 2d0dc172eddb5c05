package protocol

// The table of an object, a frame or a part of one, is its method fields. For each field, in the order of the wire, it
// calls a method of the codec with the field's name and kind. It does so in a loop, because the codec may need several
// runs:
//
//	for c.walk() {
//		c.str("name", &f.Name, must)
//	}
//
// The loop runs once to write an object. To read one it runs as often as the order of its members needs, usually once.
// Further runs then check an object of a client.

// A phase is the work of the codec in one run.
type phase uint8

const (
	writing phase = iota // append the fields to out
	reading              // read the members that come next in the input
	kinds                // refuse a client's frame with a missing field or one of the wrong kind
	limits               // refuse it if a value is beyond its limits
	late                 // the same for the fields that are checked last
	idle                 // do nothing for a field: see turn
)

// A codec writes, reads or checks the fields in the tables.
type codec struct {
	phase  phase
	inside bool   // the loop of the innermost object has begun
	exact  bool   // null is not a string
	loose  bool   // null counts as absent: a client made the object, even if the relay sent it
	out    []byte // the JSON so far
	*input        // nil when writing
}

// A given is the part of a frame that the URL of a request gives.
type given uint8

const (
	nothingGiven given = iota
	roomGiven
	idGiven // with the room
)

// frame is walk for the table of a frame; it also writes and reads the member "type".
func (c *codec) frame(typ string) bool {
	if c.phase == writing && !c.inside {
		c.inside = true
		c.add(`{"type":"`)
		c.add(typ)
		c.add(`"`)
		return true
	}
	if !c.walk() {
		return false
	}
	if c.turn("type", opt, true) == reading {
		c.in.skip()
		c.took(true)
	}
	return true
}

// walk reports whether the table must run once more.
func (c *codec) walk() bool {
	switch {
	case c.phase == writing && c.inside:
		c.out = append(c.out, '}')
		return false
	case !c.inside:
		c.inside = true
		if c.phase == writing {
			c.out = append(c.out, '{')
		}
		return true
	case c.phase == reading && c.in.err == nil && !c.ended:
		if !c.hit {
			c.skipMember()
		}
		c.hit, c.at = false, 0
		return true
	case c.levels > 0:
		c.leave()
		return false
	}
	return c.advance()
}

// advance begins the next phase when the outermost object is read, and returns false after the last one.
func (c *codec) advance() bool {
	if c.phase == reading {
		c.in.end()
		if c.in.err == nil {
			c.phase = kinds
		}
	} else {
		c.phase++
	}
	c.at = 0
	return c.client && c.in.err == nil && c.code == "" && c.phase <= late
}

// open begins to read the object that comes next.
func (c *codec) open() {
	c.level = level{others: uint16(len(c.others))}
	c.inside, c.name = false, nil
	s := &c.in
	if s.peek() != '{' {
		s.fail(errNoObject)
		return
	}
	c.began = s.pos
	s.pos++
	if s.depth++; s.depth > DepthMax {
		s.fail(errDepth)
		return
	}
	if !c.close() {
		c.next()
	}
}

// key appends the name of a field.
func (c *codec) key(name string) {
	if c.out[len(c.out)-1] != '{' {
		c.add(",")
	}
	c.add(`"`)
	c.add(name)
	c.add(`":`)
}

func (c *codec) add(s string) { c.out = append(c.out, s...) }

// find is turn for all phases but writing.
func (c *codec) find(name string, must bool) phase {
	bit := uint32(1) << c.at
	c.at++
	switch c.phase {
	case reading:
		if string(c.name) == name && c.claim(bit) {
			return reading
		}
	case kinds:
		if c.bad&bit != 0 {
			c.refuse(CodeBadRequest, name+" is of the wrong kind")
		} else if must && c.has&bit == 0 {
			c.refuse(CodeBadRequest, name+" is missing")
		}
	case limits:
		if c.has&bit != 0 {
			return limits
		}
	}
	return idle
}

// claim gives a field the next member, and reports whether the member has a value: null counts as absent in a client's
// frame, a turn or a content.
func (c *codec) claim(bit uint32) bool {
	if c.seen&bit != 0 {
		c.in.fail(errTwice)
		c.name = nil
		return false
	}
	c.seen |= bit
	c.hit = true
	if (c.client && c.levels == 0 || c.loose) && c.in.word("null") {
		c.took(true)
		return false
	}
	c.has |= bit
	return true
}

// enter begins the object in a field. If it returns true, the table of the object must run.
func (c *codec) enter(name string) bool { return c.into(name, c.turn(name, must, false)) }

// into is enter after turn, for an object that may be absent.
func (c *codec) into(name string, t phase) bool {
	if t == writing {
		c.key(name)
		c.inside = false
		return true
	}
	return t == reading && c.begin(false)
}

// begin begins an object in a field or a list. If the value has another kind, begin skips it and returns false.
func (c *codec) begin(element bool) bool {
	if c.phase == writing {
		c.inside = false
		return true
	}
	if c.in.peek() != '{' {
		c.in.skip()
		if element {
			c.wrong()
		} else {
			c.took(false)
		}
		return false
	}
	c.outer[c.levels] = c.level
	c.levels++
	c.open()
	c.element = element
	return true
}

// leave returns from an object to the one around it.
func (c *codec) leave() {
	inner := c.level
	c.others = c.others[:inner.others]
	c.levels--
	c.level = c.outer[c.levels]
	switch {
	case !inner.element:
		c.took(inner.bad == 0)
	case inner.bad != 0:
		c.wrong()
	}
}

// want marks the object as wrong if ok is false at its end.
func (c *codec) want(ok bool) {
	if c.phase == reading && c.ended && !ok {
		c.bad |= wholeBad
	}
}

// read begins to read an object that the relay sent. Its table must run.
func read(data []byte) codec {
	c := codec{phase: reading, input: &input{in: scanner{data: data}}}
	c.open()
	return c
}

// again makes a codec read another object, as read does.
func (c *codec) again(data []byte) {
	*c.input = input{in: scanner{data: data}}
	*c = codec{phase: reading, input: c.input}
	c.open()
}

// readClient is read for an object that a client sent.
func readClient(data []byte, l Limits, g given) codec {
	c := read(data)
	c.restrict(l, g)
	return c
}

// restrict makes the codec check the object, which a client sent.
func (c *codec) restrict(l Limits, g given) {
	c.client, c.given, c.textBytes = true, g, l.TextBytes
	c.check, c.checkEncrypted, c.checkMentions, c.checkFiles = checkField, checkEncrypted, checkMentions, checkFiles
	c.checkDevice, c.checkTurn, c.checkWraps = checkDevice, checkTurn, checkWraps
}

// roomField describes the field "room", unless the URL gives it.
func roomField(c *codec, v *string) {
	if c.phase == writing || c.given < roomGiven {
		c.str("room", v, must)
	}
}

// messageFields describes the fields "room" and "id" of a message, unless the URL gives them.
func messageFields(c *codec, room, id *string) {
	roomField(c, room)
	if c.phase == writing || c.given < idGiven {
		c.str("id", id, must)
	}
}
