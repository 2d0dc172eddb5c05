package lock

import "slices"

// outs holds the users who must not get the next secret, beside those that the newest turn shuts out.
type outs struct {
	turns *turns

	due        []string // named by the relay
	expelled   []string // removed or banned by this user, until a turn shuts them out
	readmitted []string // let in again by this user
}

// contains reports whether a list names a user. It is not inlined, because it has many callers and the page would grow.
//
//go:noinline
func contains(users []string, user string) bool { return slices.Contains(users, user) }

// has reports whether a user must not get the newest secret.
func (o *outs) has(user string) bool {
	return contains(o.turns.out(), user) || contains(o.due, user) || contains(o.expelled, user)
}

// next returns the users whom the next turn shuts out: those that the relay names, those that this user has removed, and those
// of the newest and the highest turn whom this user has not let in again.
func (o *outs) next() []string {
	out := slices.Clone(o.due)
	for _, last := range [...][]string{o.expelled, o.turns.out(), o.turns.highOut()} {
		for _, user := range last {
			if !contains(out, user) && !contains(o.readmitted, user) {
				out = append(out, user)
			}
		}
	}
	return out
}

// left reports whether a turn that shuts out the users in out leaves users who must still be shut out.
func (o *outs) left(out []string) bool {
	left := func(user string) bool { return !contains(out, user) }
	return slices.ContainsFunc(o.due, left) || slices.ContainsFunc(o.expelled, left)
}

// dropMet removes the users whom the newest turn shuts out from the lists of those to be shut out. The turn must be verified:
// otherwise a relay could forge a turn to end a ban.
func (o *outs) dropMet() {
	out := o.turns.out()
	shut := func(user string) bool { return contains(out, user) }
	o.due, o.expelled = slices.DeleteFunc(o.due, shut), slices.DeleteFunc(o.expelled, shut)
	o.readmitted = slices.DeleteFunc(o.readmitted, func(user string) bool { return !shut(user) })
}

// expel keeps the next secret from a user, and reports whether a new turn is needed.
func (o *outs) expel(user string) bool {
	o.readmitted = slices.DeleteFunc(o.readmitted, func(u string) bool { return u == user })
	if o.turns.newest == nil || o.has(user) {
		return false
	}
	o.expelled = append(o.expelled, user)
	return true
}

// readmit lets a user in again, and reports whether a new turn is needed.
func (o *outs) readmit(user string) bool {
	if !contains(o.turns.out(), user) {
		return false
	}
	o.readmitted = append(o.readmitted, user)
	return true
}
