package protocol

import (
	"errors"
	"strconv"
	"time"
)

// FrameError says why a frame or a body was refused, with what it named as far
// as that could be read.
type FrameError struct {
	// NotProtocol reports that it was no JSON object at all: the connection is
	// closed with [CloseNotProtocol].
	NotProtocol bool
	Code        Code
	Reason      string // safe to show
	Type        string // the frame's
	Room, ID    string
}

func (e *FrameError) Error() string { return string(e.Code) + ": " + e.Reason }

// Frame is the error as the relay answers it.
func (e *FrameError) Frame() Error {
	return Error{Code: e.Code, Message: e.Reason, Room: e.Room, ID: e.ID, Of: OfType(e.Type)}
}

// OfType is Error.Of for a refused frame of that type.
func OfType(typ string) string {
	switch typ {
	case "moderate", "report", "settings":
		return typ
	}
	return ""
}

// echoBytesMax bounds an id that an error names although it is no valid one.
const echoBytesMax = 128

// field is a member that a client's frame may have.
type field uint32

const (
	fieldType field = 1 << iota
	fieldToken
	fieldClient
	fieldRoom
	fieldID
	fieldText
	fieldEncrypted
	fieldSentAt
	fieldReplyTo
	fieldEmoji
	fieldOn
	fieldSeq
	fieldT
	fieldAct
	fieldUser
	fieldForMs
	fieldReason
	fieldSlowMode
	fieldFrozen
	fieldForS  // REST
	fieldState // REST
)

var fieldNames = map[string]field{
	"type": fieldType, "token": fieldToken, "client": fieldClient, "room": fieldRoom, "id": fieldID,
	"text": fieldText, "encrypted": fieldEncrypted, "sent_at": fieldSentAt, "reply_to": fieldReplyTo,
	"emoji": fieldEmoji, "on": fieldOn, "seq": fieldSeq, "t": fieldT,
	"act": fieldAct, "user": fieldUser, "for_ms": fieldForMs, "reason": fieldReason, "slow_mode_s": fieldSlowMode, "frozen": fieldFrozen,
	"for_s": fieldForS, "state": fieldState,
}

// fields is a client's frame before it is known what it must hold.
type fields struct {
	has, bad field // present; present with a value of another kind

	typ, token, client, room, id       string
	text, sentAt, replyTo, emoji, tick string
	act, user, reason, state           string
	encrypted                          *Encrypted
	on, frozen                         bool
	seq, forMs, forS, slowMode         int64
}

// read consumes an object. A member of the wrong kind only matters where the
// frame has a use for it.
func (f *fields) read(s *scanner) {
	s.object(func(name string) {
		bit := fieldNames[name]
		if bit == 0 {
			s.skip()
			return
		}
		if s.word("null") {
			return
		}
		var ok bool
		switch bit {
		case fieldOn:
			f.on, ok = s.boolean()
		case fieldFrozen:
			f.frozen, ok = s.boolean()
		case fieldSeq:
			f.seq, ok = s.integer()
		case fieldForMs:
			f.forMs, ok = s.integer()
		case fieldForS:
			f.forS, ok = s.integer()
		case fieldSlowMode:
			f.slowMode, ok = s.integer()
		case fieldT:
			f.tick, ok = s.literal()
		case fieldEncrypted:
			f.encrypted, ok = s.encrypted()
		default:
			*f.str(bit), ok = s.text()
		}
		f.has |= bit
		if !ok {
			f.bad |= bit
		}
	})
}

func (f *fields) str(bit field) *string {
	switch bit {
	case fieldType:
		return &f.typ
	case fieldToken:
		return &f.token
	case fieldClient:
		return &f.client
	case fieldRoom:
		return &f.room
	case fieldID:
		return &f.id
	case fieldText:
		return &f.text
	case fieldSentAt:
		return &f.sentAt
	case fieldReplyTo:
		return &f.replyTo
	case fieldAct:
		return &f.act
	case fieldUser:
		return &f.user
	case fieldReason:
		return &f.reason
	case fieldState:
		return &f.state
	}
	return &f.emoji
}

// refuse makes the error for the frame.
func (f *fields) refuse(code Code, reason string) *FrameError {
	e := &FrameError{Code: code, Reason: reason, Type: f.typ}
	if ValidRoom(f.room) {
		e.Room = f.room
	}
	if len(f.id) <= echoBytesMax {
		e.ID = f.id
	}
	return e
}

// need checks that the members in must are there, and that they and those in
// may are of the right kind.
func (f *fields) need(must, may field) *FrameError {
	for _, name := range [...]string{"type", "token", "client", "room", "id", "text", "encrypted", "sent_at", "reply_to", "emoji", "on", "seq", "t",
		"act", "user", "for_ms", "reason", "slow_mode_s", "frozen", "for_s", "state"} {
		switch bit := fieldNames[name]; {
		case f.bad&(must|may)&bit != 0:
			return f.refuse(CodeBadRequest, name+" is of the wrong kind")
		case must&^f.has&bit != 0:
			return f.refuse(CodeBadRequest, name+" is missing")
		}
	}
	if must&fieldRoom != 0 && !ValidRoom(f.room) {
		return f.refuse(CodeBadRequest, "room is no valid name of a room")
	}
	if must&fieldID != 0 && !ValidID(f.id) {
		return f.refuse(CodeBadRequest, "id is no UUID in canonical lower case")
	}
	return nil
}

// content checks text or encrypted, whichever is there.
func (f *fields) content(l Limits) *FrameError {
	var code Code
	var reason string
	switch f.has & (fieldText | fieldEncrypted) {
	case fieldText:
		f.text = NormalBreaks(f.text)
		code, reason = CheckText(f.text, l.TextBytes)
	case fieldEncrypted:
		code, reason = checkEncrypted(f.encrypted, l.TextBytes)
	default:
		code, reason = CodeBadRequest, "either text or encrypted is needed"
	}
	if code != "" {
		return f.refuse(code, reason)
	}
	return nil
}

// scanFields reads data as one JSON object.
func scanFields(data []byte) (*fields, *FrameError) {
	s, f := scanner{data: data}, &fields{}
	if s.peek() != '{' {
		return f, notProtocol("is no JSON object")
	}
	f.read(&s)
	s.end()
	switch {
	case s.err == nil:
		return f, nil
	case errors.Is(s.err, errSyntax):
		return f, notProtocol(s.err.Error())
	}
	return f, f.refuse(CodeBadRequest, "the frame "+s.err.Error())
}

// CheckObject tells why data is no JSON object by the strict rules of a frame: with no
// member twice, of bounded depth, in UTF-8. Two readers cannot take such an object for
// different ones. Half a character in a string counts as U+FFFD: programs that cut texts
// leave it behind.
func CheckObject(data []byte) error {
	s := scanner{data: data, loose: true}
	s.object(func(string) { s.skip() })
	s.end()
	return s.err
}

func notProtocol(reason string) *FrameError {
	return &FrameError{NotProtocol: true, Code: CodeBadRequest, Reason: "the frame " + reason}
}

// DecodeClient decodes and checks a client's frame; l bounds its text. Whether
// the frame is too long is for the transport, which must not read more than
// l.FrameBytes. The error is a *[FrameError].
func DecodeClient(data []byte, l Limits) (ClientFrame, error) {
	f, err := scanFields(data)
	if err == nil {
		err = f.need(fieldType, 0)
	}
	if err != nil {
		return nil, err
	}
	frame, err := f.frame(l)
	if err != nil {
		return nil, err
	}
	return frame, nil
}

// frame makes the frame of the type named.
func (f *fields) frame(l Limits) (ClientFrame, *FrameError) {
	switch f.typ {
	case "hello":
		return Hello{f.token, f.client}, f.need(fieldToken, fieldClient)
	case "join":
		return Join{f.room}, f.need(fieldRoom, 0)
	case "leave":
		return Leave{f.room}, f.need(fieldRoom, 0)
	case "send":
		return f.send(l, fieldRoom)
	case "edit":
		return f.edit(l, fieldRoom|fieldID)
	case "delete":
		return Delete{f.room, f.id}, f.need(fieldRoom|fieldID, 0)
	case "react":
		err := f.need(fieldRoom|fieldID|fieldEmoji|fieldOn, 0)
		if err == nil && !ValidEmoji(f.emoji) {
			err = f.refuse(CodeBadRequest, "emoji must be 1 to 64 bytes without white space")
		}
		return React{f.room, f.id, f.emoji, f.on}, err
	case "pin":
		return Pin{f.room, f.id, f.on}, f.need(fieldRoom|fieldID|fieldOn, 0)
	case "moderate":
		return f.moderate()
	case "report":
		return f.report(fieldRoom | fieldID)
	case "settings":
		return f.adjust()
	case "typing":
		return Typing{f.room}, f.need(fieldRoom, 0)
	case "read":
		err := f.need(fieldRoom|fieldSeq, 0)
		if err == nil && f.seq < 0 {
			err = f.refuse(CodeBadRequest, "seq is negative")
		}
		return Read{f.room, f.seq}, err
	case "ping":
		return Ping{f.tick}, f.need(0, fieldT)
	}
	return nil, f.refuse(CodeBadRequest, "the frame's type is not known")
}

// send makes a Send; must holds what is needed beside the id.
func (f *fields) send(l Limits, must field) (Send, *FrameError) {
	err := f.need(must|fieldID, fieldText|fieldEncrypted|fieldSentAt|fieldReplyTo)
	if err == nil {
		err = f.content(l)
	}
	if err == nil && f.has&fieldReplyTo != 0 && !ValidID(f.replyTo) {
		err = f.refuse(CodeBadRequest, "reply_to is no UUID in canonical lower case")
	}
	if err == nil && f.has&fieldSentAt != 0 {
		if _, bad := parseTime(f.sentAt); bad != nil {
			err = f.refuse(CodeBadRequest, "sent_at "+bad.Error())
		}
	}
	return Send{f.room, f.id, f.text, f.encrypted, f.sentAt, f.replyTo}, err
}

// DecodeSend decodes and checks the body of a POST: a send without type, the
// room being the URL's. The error is a *[FrameError].
func DecodeSend(data []byte, room string, l Limits) (Send, error) {
	f, err := scanFields(data)
	if err != nil {
		return Send{}, err
	}
	f.room = room
	send, err := f.send(l, 0)
	if err != nil {
		return Send{}, err
	}
	return send, nil
}

// edit makes an Edit; must holds what is needed.
func (f *fields) edit(l Limits, must field) (Edit, *FrameError) {
	err := f.need(must, fieldText|fieldEncrypted)
	if err == nil {
		err = f.content(l)
	}
	return Edit{f.room, f.id, f.text, f.encrypted}, err
}

// DecodeEdit decodes and checks the body of a PATCH: an edit without type, the
// room and the id being the URL's. The error is a *[FrameError].
func DecodeEdit(data []byte, room, id string, l Limits) (Edit, error) {
	f, err := scanFields(data)
	if err != nil {
		return Edit{}, err
	}
	f.room, f.id = room, id
	edit, err := f.edit(l, 0)
	if err != nil {
		return Edit{}, err
	}
	return edit, nil
}

// text consumes a string; ok is false for a value of another kind.
func (s *scanner) text() (v string, ok bool) {
	if s.peek() != '"' {
		s.skip()
		return "", false
	}
	return s.str(), true
}

func (s *scanner) boolean() (v, ok bool) {
	switch {
	case s.word("true"):
		return true, true
	case s.word("false"):
		return false, true
	}
	s.skip()
	return false, false
}

// literalBytesMax bounds a number as it is written.
const literalBytesMax = 32

// literal consumes a number, kept as it was written.
func (s *scanner) literal() (v string, ok bool) {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		s.skip()
		return "", false
	}
	v = s.number()
	return v, len(v) <= literalBytesMax
}

// integerMax is the largest integer that every JSON reader keeps exact.
const integerMax = 1<<53 - 1

func (s *scanner) integer() (int64, bool) {
	v, ok := s.literal()
	n, err := strconv.ParseInt(v, 10, 64)
	return n, ok && err == nil && -integerMax <= n && n <= integerMax
}

func (s *scanner) encrypted() (*Encrypted, bool) {
	if s.peek() != '{' {
		s.skip()
		return nil, false
	}
	var e Encrypted
	ok := true
	s.object(func(name string) {
		var good bool
		switch name {
		case "alg":
			e.Alg, good = s.text()
		case "kid":
			e.Kid, good = s.text()
		case "iv":
			e.IV, good = s.text()
		case "ct":
			e.CT, good = s.text()
		default:
			s.skip()
			return
		}
		ok = ok && good
	})
	return &e, ok
}

// Claims is what a client may read of its own token (a JWT, RFC 7519) without
// being able to check it.
type Claims struct {
	Subject string
	Expires time.Time // zero: not told
}

// ReadClaims reads a token's claims unverified; ok is false where it is no JWT
// with a sub.
func ReadClaims(token string) (c Claims, ok bool) {
	payload, ok := jwtPayload(token)
	if !ok {
		return c, false
	}
	s := scanner{data: payload}
	s.object(func(name string) {
		switch name {
		case "sub":
			c.Subject, _ = s.text()
		case "exp":
			if v, ok := s.literal(); ok {
				if n, err := strconv.ParseFloat(v, 64); err == nil && n > 0 && n < integerMax {
					c.Expires = time.Unix(int64(n), 0)
				}
			}
		default:
			s.skip()
		}
	})
	s.end()
	return c, s.err == nil && c.Subject != ""
}
