package protocol

import (
	"bytes"
	"errors"
)

// An input is the reading half of a codec: the JSON, the current object in it, and the refusal of a client's frame.
type input struct {
	in     scanner
	name   []byte // the name of the next member; nil: none
	level         // the level of the current object
	outer  [levelsMax]level
	levels uint8    // the used part of outer
	others [][]byte // the names of the unknown members of all open objects

	// Used for an object of a client:

	client    bool
	given     given
	textBytes int64
	// A browser build contains no checks, because only these fields refer to them.
	check          func(name, s string, n, textBytes int64) (text string, code Code, reason string)
	checkEncrypted func(e *Encrypted, textBytes int64) (Code, string)
	checkMentions  func(mentions []Mention, text string) (Code, string)
	checkFiles     func(all []Attachment) (Code, string)
	checkDevice    func(d *Device) (Code, string)
	checkTurn      func(t *Turn, bytes int) (Code, string)
	checkWraps     func(all []Wrap) (Code, string)

	code Code   // the refusal; "": none
	why  string // its reason
}

// A level is the state of an object under way. Each field of its table has a bit.
type level struct {
	seen, has, bad uint32 // fields that are named; that have a value; that have a value of the wrong kind
	at             uint8  // the number of the next field in the table
	hit            bool   // a field took a member in this run
	ended          bool   // the end of the object was read
	element        bool   // the object is an element of a list, not the value of a member
	members        uint16 // the number of members read
	others         uint16 // the index of its first unknown name in input.others
	began          int    // the index of its brace in the input
}

// levelsMax is the depth of nested tables: a page has messages, and a message a sender.
const levelsMax = 2

// wholeBad is the bit in level.bad for an error that is not one field's.
const wholeBad = 1 << 31

// close consumes the end of the object if it comes next.
func (r *input) close() bool {
	if r.in.peek() != '}' {
		return false
	}
	r.in.pos++
	r.in.depth--
	r.ended = true
	return true
}

// next reads the name of the next member.
func (r *input) next() {
	r.name = r.in.key()
	if r.members++; r.members > membersMax && r.in.err == nil {
		r.in.fail(errMany)
	}
	if r.in.err != nil {
		r.name = nil
	}
}

// took goes to the next member after a value was read; ok is false if the value was of the
// wrong kind.
func (r *input) took(ok bool) {
	if !ok {
		r.wrong()
	}
	r.name = nil
	if r.in.err == nil && !r.close() && r.in.take(',') {
		r.next()
	}
}

// wrong notes that the value of the field is of the wrong kind.
func (r *input) wrong() { r.bad |= 1 << (r.at - 1) }

// skipMember skips a member that the table does not name.
func (r *input) skipMember() {
	for _, other := range r.others[r.level.others:] {
		if bytes.Equal(other, r.name) {
			r.in.fail(errTwice)
			return
		}
	}
	r.others = append(r.others, r.name)
	r.in.skip()
	r.took(true)
}

// refuse notes the reason of a refusal of a client's frame, unless code is empty. The first refusal counts.
func (r *input) refuse(code Code, reason string) {
	if r.code == "" {
		r.code, r.why = code, reason
	}
}

// broken returns the error in a relay's object; nil if it is valid.
func (r *input) broken(what string) error {
	err := r.in.err
	if err == nil && r.bad != 0 {
		err = errKind
	}
	if err == nil {
		return nil
	}
	return errors.New("protocol: the " + what + " " + err.Error())
}

var errKind = errors.New("has a member of the wrong kind")

// err returns the refusal of a client's frame, a *[FrameError]; nil if it is valid.
func (r *input) err() error {
	switch {
	case errors.Is(r.in.err, errNoObject), errors.Is(r.in.err, errSyntax):
		return notProtocol(r.in.err.Error())
	case r.in.err != nil:
		return newFrameError(r.in.data, CodeBadRequest, "the frame "+r.in.err.Error())
	case r.code != "":
		return newFrameError(r.in.data, r.code, r.why)
	}
	return nil
}
