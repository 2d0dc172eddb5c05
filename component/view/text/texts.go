package text

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"hallway/protocol"
)

// word names a text that the chat says. The names are those under which a host
// language is what the chat says in one language.
type language struct {
	Tag    string // BCP 47
	Dir    string // "ltr" or "rtl"
	plural func(n int) plural
	words  map[Word]string
}

// languages are those that the chat speaks; the first is for all others.
var languages = [...]*language{english, german, french, arabic}

// Texts is what the chat says: in a language, with the host's own words.
type Texts struct {
	*language
	own    map[string]string
	Number func(n int) string     // as people of the place write it
	Moment func(time.Time) string // as people of the place say it
	Same   func(a, b string) bool // whether two words are one, but for case and accents
}

// For gives the texts for a BCP 47 tag; own, which may be nil, are the host's.
func For(tag string, own map[string]string) *Texts {
	speak := languages[0]
	for _, l := range languages {
		if l.Tag == primary(tag) {
			speak = l
		}
	}
	return &Texts{
		language: speak, own: maps.Clone(own), Number: strconv.Itoa, Same: strings.EqualFold,
		Moment: func(t time.Time) string { return t.Format(time.RFC3339) },
	}
}

// Follow makes the texts write numbers and times, and compare words, as a clock does.
func (t *Texts) Follow(c Clock) { t.Number, t.Same, t.Moment = c.number, c.same, c.soon }

// primary is the language of a tag, without a script or place.
func primary(tag string) string {
	language, _, _ := strings.Cut(strings.ToLower(hyphenated(tag)), "-")
	return language
}

// hyphenated returns a tag with hyphens, for those who write "de_DE".
func hyphenated(tag string) string { return strings.ReplaceAll(tag, "_", "-") }

// inRegion returns a language's tag with the region of another tag, if that has one.
func inRegion(language, tag string) string {
	for i, part := range strings.Split(hyphenated(tag), "-") {
		if i > 0 && len(part) == 1 {
			break // an extension follows
		}
		if i > 0 && len(part) == 2 {
			return language + "-" + strings.ToUpper(part)
		}
	}
	return language
}

// Say gives a word. It is not put into the many functions that call it: that would cost
// a page 10 KB.
//
//go:noinline
func (t *Texts) Say(w Word) string {
	if own, ok := t.own[string(w)]; ok {
		return own
	}
	return t.words[w]
}

// With gives a word about somebody or something.
func (t *Texts) With(w Word, name, text string) string {
	said := ""
	for rest := t.Say(w); ; {
		before, after, found := strings.Cut(rest, "{")
		said += before
		switch {
		case !found:
			return said
		case strings.HasPrefix(after, "name}"):
			said, rest = said+name, after[len("name}"):]
		case strings.HasPrefix(after, "text}"):
			said, rest = said+text, after[len("text}"):]
		default:
			said, rest = said+"{", after
		}
	}
}

// About gives a word about somebody, whose name does not turn the text around it.
func (t *Texts) About(w Word, name string) string {
	const isolate, end = "\u2068", "\u2069"
	return t.With(w, isolate+strings.Map(undirected, name)+end, "")
}

// undirected drops the characters that set a direction: in a name, they could end its
// isolation.
func undirected(r rune) rune {
	if '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
		return -1
	}
	return r
}

// Count gives a word about a number of things.
func (t *Texts) Count(w Word, n int) string {
	text := t.Say(w + "." + Word(t.plural(n)))
	if text == "" {
		text = t.Say(w + "." + Word(pluralOther))
	}
	return strings.ReplaceAll(text, "{n}", t.Number(n))
}

// CountSome is count where there may be more of them.
func (t *Texts) CountSome(w Word, n int, more bool) string {
	text := t.Count(w, n)
	if more {
		number := t.Number(n)
		text = strings.Replace(text, number, number+"+", 1)
	}
	return text
}

var roleWords = map[protocol.Role]Word{
	protocol.RoleOrganizer: Organizer,
	protocol.RoleModerator: Moderator,
}

// Role returns the name of a role, or "" for one that is not shown.
func (t *Texts) Role(r protocol.Role) string {
	if w, ok := roleWords[r]; ok {
		return t.Say(w)
	}
	return ""
}
