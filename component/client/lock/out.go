package lock

import "slices"

// outs are the users who must not get the next secret, beside those of the newest turn.
type outs struct {
	turns *turns

	due        []string // as the relay says
	expelled   []string // users whom this user has put out, until a turn shuts them out
	readmitted []string // users whom this user has let in again
}

// has reports whether a user must not get the newest secret.
func (o *outs) has(user string) bool {
	return slices.Contains(o.turns.out(), user) || slices.Contains(o.due, user) || slices.Contains(o.expelled, user)
}

// next returns the users whom the next turn shuts out: those of the last one, also of one that
// the relay has lost, whom this user has not let in again, and those that the relay names.
func (o *outs) next() []string {
	out := slices.Clone(o.due)
	for _, last := range [...][]string{o.expelled, o.turns.out(), o.turns.highOut()} {
		for _, user := range last {
			if !slices.Contains(out, user) && !slices.Contains(o.readmitted, user) {
				out = append(out, user)
			}
		}
	}
	return out
}

// left reports whether some users must still be shut out after a turn that shuts out others.
func (o *outs) left(out []string) bool {
	left := func(user string) bool { return !slices.Contains(out, user) }
	return slices.ContainsFunc(o.due, left) || slices.ContainsFunc(o.expelled, left)
}

// settle ends the demands that the newest turn meets. That turn is verified: a relay could forge another one to end a ban.
func (o *outs) settle() {
	out := o.turns.out()
	shut := func(user string) bool { return slices.Contains(out, user) }
	o.due, o.expelled = slices.DeleteFunc(o.due, shut), slices.DeleteFunc(o.expelled, shut)
	o.readmitted = slices.DeleteFunc(o.readmitted, func(user string) bool { return !shut(user) })
}

// expel keeps the next secret from a user, and reports whether that needs a turn.
func (o *outs) expel(user string) bool {
	o.readmitted = slices.DeleteFunc(o.readmitted, func(u string) bool { return u == user })
	if o.turns.newest == nil || o.has(user) {
		return false
	}
	o.expelled = append(o.expelled, user)
	return true
}

// readmit lets a user in again, and reports whether that needs a turn.
func (o *outs) readmit(user string) bool {
	if !slices.Contains(o.turns.out(), user) {
		return false
	}
	o.readmitted = append(o.readmitted, user)
	return true
}
