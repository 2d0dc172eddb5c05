package protocol

// DecodeSend decodes and checks the body of a POST of a message: a send without type and room. The error is a
// *[FrameError].
func DecodeSend(data []byte, room string, l Limits) (Send, error) {
	f := Send{Room: room}
	c := readClient(data, l, roomGiven)
	f.fields(&c)
	return f, c.err()
}

// DecodeEdit decodes and checks the body of a PATCH of a message: an edit without type, room and id. The error is a
// *[FrameError].
func DecodeEdit(data []byte, room, id string, l Limits) (Edit, error) {
	f := Edit{Room: room, ID: id}
	c := readClient(data, l, idGiven)
	f.fields(&c)
	return f, c.err()
}

// DecodeReport decodes and checks the body of a POST of a report: a report without type, room and id. The error is a
// *[FrameError].
func DecodeReport(data []byte, room, id string) (Report, error) {
	f := Report{Room: room, ID: id}
	c := readClient(data, Limits{}, idGiven)
	f.fields(&c)
	return f, c.err()
}

// sanction is the body of a PUT of a mute or a ban.
type sanction struct {
	reason string
	forS   int64
}

func (s *sanction) fields(c *codec) {
	for c.walk() {
		c.str("reason", &s.reason, opt)
		c.int("for_s", &s.forS, opt)
	}
}

// DecodeSanction decodes and checks the body of a PUT of a mute or a ban: for_s and reason, both optional. The body
// itself may be empty. The error is a *[FrameError].
func DecodeSanction(data []byte, room string, act Act, user string) (Moderate, error) {
	if len(data) == 0 {
		data = []byte("{}")
	}
	var s sanction
	c := readClient(data, Limits{}, idGiven)
	s.fields(&c)
	return Moderate{Room: room, Act: act, User: user, ForMs: s.forS * 1000, Reason: s.reason}, c.err()
}

// resolve is the body of a PATCH of a report.
type resolve struct{ state ReportState }

func (r *resolve) fields(c *codec) {
	for c.walk() {
		c.str("state", (*string)(&r.state), must)
	}
}

// DecodeResolve decodes and checks the body of a PATCH of a report: its state,
// resolved or dismissed. The error is a *[FrameError].
func DecodeResolve(data []byte) (ReportState, error) {
	var r resolve
	c := readClient(data, Limits{}, idGiven)
	r.fields(&c)
	return r.state, c.err()
}
