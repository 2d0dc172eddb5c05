package hub

import (
	"hallway/protocol"
	"hallway/relay/rules"
)

// A pending is an op on its way to the store. It is answered exactly once: to the session, or by done.
type pending struct {
	op      rules.Op
	session *Session            // nil: done is called
	member  *member             // of an Open
	order   uint64              // a Send's place in the order of arrival
	block   *block              // the block of a Send that is only looked up
	done    func(rules.Outcome) // set for an op over REST, or of the hub itself
	cleared int64               // tombstones made by earlier parts of a clear
	apart   bool                // a Send that begins a batch
}

// sends reports whether the op is a send.
func (p *pending) sends() bool {
	_, sends := p.op.Do.(rules.Send)
	return sends
}

// asked reports whether the op is an upload that was counted at an earlier request.
func (p *pending) asked() bool {
	upload, uploads := p.op.Do.(rules.Upload)
	return uploads && !upload.Ask
}

// uncounted reports whether the op does not count against the user's rate: a few wraps, a want or a device, because a
// rush of joins makes many. The limit of frames bounds them.
func (p *pending) uncounted() bool {
	switch do := p.op.Do.(type) {
	case rules.HandOn:
		return len(do.Wraps) <= fewWraps
	case rules.Want, rules.Register:
		return true
	}
	return p.asked()
}

// bytes returns the approximate size of the op and of its result.
func (p *pending) bytes() int {
	n := opBytes
	switch do := p.op.Do.(type) {
	case rules.Send:
		n += len(do.Text) + len(do.ID) + len(do.ReplyTo) + len(do.SentAt) + encryptedBytes(do.Encrypted) + mentionBytes(do.Mentions) +
			len(do.Files)*fileBytes
	case rules.Edit:
		n += changedBytes + len(do.Text) + encryptedBytes(do.Encrypted) + mentionBytes(do.Mentions)
	case rules.React, rules.Pin:
		n += changedBytes
	case rules.Configure:
		n += len(do.Title) + len(do.Settings)
	case rules.Report:
		n += len(do.Reason)
	case rules.Moderate:
		n += len(do.Reason)
		if do.Act == protocol.ActClear {
			n += rules.ClearMax * opBytes
		}
	case rules.Register:
		n += len(do.Device.Cert)
	case rules.MakeTurn:
		n += do.Turn.Bytes() + len(do.Wraps)*wrapBytes
	case rules.HandOn:
		n += len(do.Wraps) * wrapBytes
	case rules.Erase:
		n += len(do.Seqs) * opBytes
	}
	return n
}

func mentionBytes(mentions []protocol.Mention) (n int) {
	for i := range mentions {
		n += 64 + len(mentions[i].User)
	}
	return n
}

func encryptedBytes(e *protocol.Encrypted) int {
	if e == nil {
		return 0
	}
	return len(e.CT)
}

// refuse answers a refused op.
func (p *pending) refuse(why rules.Refusal) {
	if p.done != nil {
		p.done(rules.Outcome{Refusal: why})
		return
	}
	if do, registers := p.op.Do.(rules.Register); registers && p.session.deviceID() == do.Device.ID {
		p.session.setDevice(nil)
	}
	p.session.send(p.refusal(why))
}

// refusal returns the frame that refuses the op.
func (p *pending) refusal(why rules.Refusal) protocol.Error {
	f := refusalFrame(why, p.op.Room, p.op.ID())
	f.Of = frameOf(&p.op)
	return f
}

// tell answers a frame if its sender is in the room. A request over REST is answered by done.
func (p *pending) tell(f protocol.RelayFrame) {
	if p.done != nil {
		return
	}
	if m := p.session.member(p.op.Room); m != nil && m.joined {
		p.session.send(f)
	}
}

// cause returns the reaction of the op, even if the op changed nothing; nil: the op is not a React.
func (p *pending) cause() *protocol.Cause {
	if do, ok := p.op.Do.(rules.React); ok {
		return &protocol.Cause{By: p.op.Sender.ID, Emoji: do.Emoji, On: do.On}
	}
	return nil
}

// endsLife reports whether the outcome shows that a room's epoch has ended.
func (p *pending) endsLife(epoch string, o *rules.Outcome) bool {
	if _, drops := p.op.Do.(rules.Drop); drops {
		return dropped(o)
	}
	return o.Code == "" && o.Epoch != epoch
}

// drops reports whether the outcome shows that the op has deleted its room.
func (p *pending) drops(o *rules.Outcome) bool {
	_, drops := p.op.Do.(rules.Drop)
	return drops && dropped(o)
}

// dropped reports whether the outcome of a Drop shows that the room is gone.
func dropped(o *rules.Outcome) bool {
	return o.Code == "" || o.Code == protocol.CodeNotFound // dropped before, and that result was lost
}

// frameOf returns the name of the op's frame type for an error.
func frameOf(op *rules.Op) string {
	switch op.Do.(type) {
	case rules.Moderate:
		return "moderate"
	case rules.Report:
		return "report"
	case rules.Adjust:
		return "settings"
	case rules.Register:
		return "device"
	case rules.MakeTurn:
		return "turn"
	case rules.HandOn:
		return "wraps"
	case rules.Want:
		return "want"
	}
	return ""
}
