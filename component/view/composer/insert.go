package composer

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hallway/protocol"
)

// insert inserts a text into the field as if it were typed.
func (c *Composer) insert(typed string) {
	if c.field.insert(typed) {
		c.changed()
	}
}

// Mention inserts the name of a user at the cursor.
func (c *Composer) Mention(u protocol.User) {
	f := &c.field
	if f.input == nil || !c.Snap.ComposerOpen {
		return
	}
	f.follow()
	from, to := f.selection()
	from, to = bytesBetween(f.of, 0, from), bytesBetween(f.of, 0, to)
	if before, size := utf8.DecodeLastRuneInString(f.of[:from]); size > 0 && !unicode.IsSpace(before) {
		c.insert(" ")
		f.follow()
		from++
		to = from
	}
	c.put(from, to, person{user: u})
}

// put replaces a part of the text by the name of a person.
func (c *Composer) put(from, to int, p person) {
	f := &c.field
	name := "@" + strings.Map(plainSpace, c.nameOf(&p))
	if to > len(f.of) {
		return
	}
	f.input.Call("setSelectionRange", unitsOf(f.of[:from]), unitsOf(f.of[:to]))
	want := f.of[:from] + name + " " + f.of[to:]
	c.insert(name + " ")
	f.follow()
	if f.of != want || len(f.mentions) >= protocol.MentionsMax {
		return
	}
	one := protocol.Mention{At: int64(from), Len: int64(len(name)), User: p.user.ID, All: p.all}
	i, _ := slices.BinarySearchFunc(f.mentions, one.At, func(m protocol.Mention, at int64) int { return cmp.Compare(m.At, at) })
	f.mentions = append(append(slices.Clone(f.mentions[:i]), one), f.mentions[i:]...)
	c.draft.keep()
}
