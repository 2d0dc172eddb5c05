package rules

import "hallway/protocol"

// configure sets the room's title and settings.
func configure(s *Set, r *Room, op *Op, title, settings string) Outcome {
	var d details
	if title != r.Title {
		d = d.member("title", quote(title))
	}
	if settings != r.Settings {
		d = d.member("settings", object(settings))
	}
	changed := d != nil
	next, _ := protocol.ReadSettings(settings) // unknown settings count as absent
	if had := r.Rules.E2EE; had != 0 && next.E2EE != had {
		return refuse(protocol.CodeConflict, "end-to-end encryption of a room cannot be switched off")
	}
	if changed {
		s.Forgets = true // the old settings must not stay readable
		r.Title, r.Settings, r.Rules = title, settings, next
		if !r.configured {
			r.configured = true
			s.Configured = append(s.Configured, r)
		}
		s.audit(op, "configure", "", "", d)
	}
	_, adjusts := op.Do.(Adjust)
	return Outcome{Result: Configured{Settings: r.Rules, New: changed && adjusts}}
}

// drop deletes the room with all its content.
func drop(s *Set, r *Room, op *Op) Outcome {
	delete(s.rooms, r.Name)
	r.dropped = true
	s.Forgets = true
	s.removeChanges(r)
	if !r.made {
		s.Dropped = append(s.Dropped, r)
	}
	s.audit(op, "drop", "", "", nil)
	return Outcome{Result: Dropped{}}
}
