package text

import (
	"hallway/component/client"
	"hallway/protocol"
)

// Silenced says why one may not write, and the moderator's reason; "": one may.
func (t *Texts) Silenced(s *client.Snapshot) (says, reason string) {
	switch s.Silenced {
	case protocol.WhyArchived:
		return t.Say(Archived), ""
	case protocol.WhyFrozen:
		return t.Say(Frozen), ""
	case protocol.WhyMuted:
		return t.Sanction(s.Muted, Muted, MutedForever), s.Muted.Reason
	}
	return "", ""
}

// Sanction says that one is muted or banned, and until when.
func (t *Texts) Sanction(s *client.Sanction, until, forever Word) string {
	if s.Until.IsZero() {
		return t.Say(forever)
	}
	return t.With(until, "", t.Moment(s.Until))
}
