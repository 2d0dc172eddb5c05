package view

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/protocol"
)

// mentions are the mentions in the composer's text, and the list from which people choose them.
type mentions struct {
	list []protocol.Mention
	of   string // the text that they are parts of

	open   bool
	at     int    // where the name begins, with its @, in bytes
	words  string // the name so far
	people []person
	chosen int
	left   int // one behind the place of the name whose list was closed by Escape; 0: none
	delay  *time.Timer
	absent map[string]bool // users, by id, whether they are known to be banned or gone
	// confirming says that the user is to confirm a message to everybody, as soon as it is known how many that are.
	confirming, confirmed bool
}

// moved returns the mentions of a text that has become another one. A mention that was changed is gone.
func moved(list []protocol.Mention, was, is string) (kept []protocol.Mention) {
	if was == is || len(list) == 0 {
		return list
	}
	same := 0
	for same < min(len(was), len(is)) && was[same] == is[same] {
		same++
	}
	rest := 0
	for rest < min(len(was), len(is))-same && was[len(was)-1-rest] == is[len(is)-1-rest] {
		rest++
	}
	for _, m := range list {
		switch {
		case m.At+m.Len <= int64(same):
		case m.At >= int64(len(was)-rest):
			m.At += int64(len(is) - len(was))
		default:
			continue
		}
		kept = append(kept, m)
	}
	if !protocol.MentionsFit(kept, is) {
		return nil
	}
	return kept
}

// nameAt returns the name that is being written before a place in a text: what follows the last @ of the line, which begins
// a word.
func nameAt(written string, place int, list []protocol.Mention) (at int, words string, ok bool) {
	at = strings.LastIndexByte(written[:place], '@')
	if at < 0 {
		return 0, "", false
	}
	words = written[at+1 : place]
	before := []rune(written[:at])
	inside := func(m protocol.Mention) bool { return m.At <= int64(at) && int64(at) < m.At+m.Len }
	switch {
	case len(words) > protocol.NameQueryBytesMax, strings.Contains(words, "\n"), strings.HasPrefix(words, " "), strings.Count(words, " ") > 2,
		len(before) > 0 && markup.IsLetterOrDigit(before[len(before)-1]), slices.ContainsFunc(list, inside):
		return 0, "", false
	}
	return at, words, true
}

// followText brings the mentions in line with the text in the field.
func (c *composer) followText() {
	written := c.value()
	c.mentions.list, c.mentions.of = moved(c.mentions.list, c.mentions.of, written), written
}

// writeWith puts a text with mentions into the field.
func (c *composer) writeWith(written string, list []protocol.Mention) {
	c.write(written)
	if protocol.MentionsFit(list, written) {
		c.mentions.list = slices.Clone(list)
	}
}

// plainSpace makes any white space of a name a space, as the field has it.
func plainSpace(r rune) rune {
	if r == '\n' || r == '\t' {
		return ' '
	}
	return r
}

// unitsOf returns the length of a text as a browser counts it, in UTF-16.
func unitsOf(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// mustConfirm reports whether the user is still to confirm that a text mentions everybody, and begins to ask.
func (c *composer) mustConfirm(list []protocol.Mention) bool {
	m := &c.mentions
	if !protocol.MentionsAll(list) || m.confirmed {
		m.confirmed = false
		return false
	}
	m.confirming = true
	c.props.Do(client.AskPeople{})
	return true
}

// mentionsText returns mentions as a draft keeps them: a line for each.
func mentionsText(list []protocol.Mention) string {
	var lines []string
	for _, m := range list {
		lines = append(lines, strconv.FormatInt(m.At, 10)+" "+strconv.FormatInt(m.Len, 10)+" "+m.User)
	}
	return strings.Join(lines, "\n")
}

// mentionsFrom reads what mentionsText has written. Others can write to the storage, too.
func mentionsFrom(kept string) (list []protocol.Mention) {
	for line := range strings.Lines(kept) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
		if len(parts) != 3 {
			return nil
		}
		at, err := strconv.ParseInt(parts[0], 10, 32)
		length, err2 := strconv.ParseInt(parts[1], 10, 32)
		if err != nil || err2 != nil {
			return nil
		}
		list = append(list, protocol.Mention{At: at, Len: length, User: parts[2], All: parts[2] == ""})
	}
	return list
}
