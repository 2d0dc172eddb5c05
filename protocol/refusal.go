package protocol

// FrameError holds the reason why a client's frame or body is refused, and those of its names that could be read.
type FrameError struct {
	// NotProtocol reports that the frame is not a JSON object: the connection is
	// closed with [CloseNotProtocol].
	NotProtocol bool
	Code        Code
	Reason      string // safe to show
	Type        string // the type of the frame
	Room, ID    string
}

// Error returns the code and the reason.
func (e *FrameError) Error() string { return string(e.Code) + ": " + e.Reason }

// Frame returns the error as the relay sends it.
func (e *FrameError) Frame() Error {
	return Error{Code: e.Code, Message: e.Reason, Room: e.Room, ID: e.ID, Of: OfType(e.Type)}
}

// OfType returns Error.Of for a refused frame of a type.
func OfType(typ string) string {
	switch typ {
	case "moderate", "report", "settings", "device", "turn", "wraps", "want":
		return typ
	}
	return ""
}

// echoBytesMax bounds an invalid id in an error.
const echoBytesMax = 128

// newFrameError returns the refusal of data. It reads the names in data again, so that the
// codec need not keep them for a valid frame.
func newFrameError(data []byte, code Code, reason string) *FrameError {
	e := &FrameError{Code: code, Reason: reason}
	c := read(data)
	e.fields(&c)
	if !ValidRoom(e.Room) {
		e.Room = ""
	}
	if len(e.ID) > echoBytesMax {
		e.ID = ""
	}
	return e
}

func (e *FrameError) fields(c *codec) {
	for c.walk() {
		c.str("type", &e.Type, opt)
		c.str("room", &e.Room, opt)
		c.str("id", &e.ID, opt)
	}
}

func notProtocol(reason string) *FrameError {
	return &FrameError{NotProtocol: true, Code: CodeBadRequest, Reason: "the frame " + reason}
}
