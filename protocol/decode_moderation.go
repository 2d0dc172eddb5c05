package protocol

func (f *fields) moderate() (Moderate, *FrameError) {
	m := Moderate{Room: f.room, Act: Act(f.act), User: f.user}
	err := f.need(fieldRoom|fieldAct|fieldUser, fieldReason)
	switch {
	case err != nil:
	case !m.Act.Valid():
		err = f.refuse(CodeBadRequest, "act is none of mute, unmute, ban, unban, remove, clear")
	case !ValidUser(f.user):
		err = f.refuse(CodeBadRequest, "user is no valid id of a user")
	default:
		err = f.checkReason()
	}
	m.Reason = f.reason
	if err == nil && m.Act.Lasts() && f.has&fieldForMs != 0 {
		err = f.need(0, fieldForMs)
		m.ForMs = f.forMs
		if err == nil && (m.ForMs < 1 || m.ForMs > SanctionMsMax) {
			err = f.refuse(CodeBadRequest, "for_ms must be 1 to ten years")
		}
	}
	return m, err
}

// report makes a Report; must holds what is needed beside the reason.
func (f *fields) report(must field) (Report, *FrameError) {
	err := f.need(must|fieldReason, 0)
	if err == nil {
		err = f.checkReason()
	}
	if err == nil && f.reason == "" {
		err = f.refuse(CodeBadRequest, "the reason is empty")
	}
	return Report{f.room, f.id, f.reason}, err
}

func (f *fields) adjust() (Adjust, *FrameError) {
	a := Adjust{Room: f.room}
	err := f.need(fieldRoom, fieldSlowMode|fieldFrozen)
	if f.has&fieldSlowMode != 0 {
		a.SlowModeS = &f.slowMode
	}
	if f.has&fieldFrozen != 0 {
		a.Frozen = &f.frozen
	}
	switch {
	case err != nil:
	case a.SlowModeS == nil && a.Frozen == nil:
		err = f.refuse(CodeBadRequest, "slow_mode_s or frozen is missing")
	case !validSlowMode(f.slowMode):
		err = f.refuse(CodeBadRequest, "slow_mode_s must be "+slowModeWant)
	}
	return a, err
}

// checkReason checks the reason, a text; a blank one is none.
func (f *fields) checkReason() *FrameError {
	f.reason = NormalBreaks(f.reason)
	if code, why := CheckReason(f.reason); code != "" {
		return f.refuse(code, why)
	}
	if Blank(f.reason) {
		f.reason = ""
	}
	return nil
}

// DecodeSanction decodes and checks the body of a PUT of a mute or a ban: for_s
// and reason, both optional, as may be the body itself; the rest is the URL's.
// The error is a *[FrameError].
func DecodeSanction(data []byte, room string, act Act, user string) (Moderate, error) {
	m := Moderate{Room: room, Act: act, User: user}
	if len(data) == 0 {
		return m, nil
	}
	f, err := scanFields(data)
	if err == nil {
		err = f.need(0, fieldReason|fieldForS)
	}
	if err == nil {
		err = f.checkReason()
	}
	if err == nil && f.has&fieldForS != 0 && (f.forS < 1 || f.forS > SanctionMsMax/1000) {
		err = f.refuse(CodeBadRequest, "for_s must be 1 to ten years")
	}
	if err != nil {
		return Moderate{}, err
	}
	m.ForMs, m.Reason = f.forS*1000, f.reason
	return m, nil
}

// DecodeReport decodes and checks the body of a POST of a report: a report
// without type, the room and the id being the URL's. The error is a *[FrameError].
func DecodeReport(data []byte, room, id string) (Report, error) {
	f, err := scanFields(data)
	if err != nil {
		return Report{}, err
	}
	f.room, f.id = room, id
	r, err := f.report(0)
	if err != nil {
		return Report{}, err
	}
	return r, nil
}

// DecodeResolve decodes and checks the body of a PATCH of a report: its state,
// resolved or dismissed. The error is a *[FrameError].
func DecodeResolve(data []byte) (ReportState, error) {
	f, err := scanFields(data)
	if err == nil {
		err = f.need(fieldState, 0)
	}
	state := ReportState(f.state)
	if err == nil && (!state.Valid() || state == ReportOpen) {
		err = f.refuse(CodeBadRequest, "state must be resolved or dismissed")
	}
	if err != nil {
		return "", err
	}
	return state, nil
}
