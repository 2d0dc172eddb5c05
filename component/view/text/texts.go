package text

import (
	_ "embed" // for the files with the words
	"maps"
	"strconv"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/protocol"
)

// language is one language.
type language struct {
	Tag    string // BCP 47
	Dir    string // "ltr" or "rtl"
	plural func(n int) plural
	file   string // the content of the file with the words: see wordsIn
}

// languages holds the chat's languages. The first one is the default.
var languages = [...]language{
	{"en", "ltr", pluralEnglish, english},
	{"de", "ltr", pluralEnglish, german},
	{"fr", "ltr", pluralFrench, french},
	{"ar", "rtl", pluralArabic, arabic},
}

// The files with the words.
var (
	//go:embed english.txt
	english string
	//go:embed german.txt
	german string
	//go:embed french.txt
	french string
	//go:embed arabic.txt
	arabic string
)

// wordsIn parses the content of a file with words.
func wordsIn(file string) map[string]string {
	words := make(map[string]string)
	for line := range strings.SplitSeq(file, "\n") {
		if name, text, ok := strings.Cut(line, ": "); ok {
			words[name] = strings.Trim(text, `"`)
		}
	}
	return words
}

// Texts holds the chat's texts in one language, with the host's own words.
type Texts struct {
	language
	words  map[string]string
	own    map[string]string
	Number func(n int) string     // formats a number for the region
	Moment func(time.Time) string // formats a time for the region
	Same   func(a, b string) bool // reports whether two words differ only in case and accents
}

// For returns the texts for a BCP 47 tag. own, which may be nil, holds the host's own texts.
func For(tag string, own map[string]string) *Texts {
	speak := languages[0]
	for _, l := range languages {
		if l.Tag == primary(tag) {
			speak = l
		}
	}
	return &Texts{
		language: speak, words: wordsIn(speak.file), own: maps.Clone(own), Number: strconv.Itoa, Same: strings.EqualFold,
		Moment: func(t time.Time) string { return t.Format(time.RFC3339) },
	}
}

// Follow sets the clock that formats numbers and times, and compares words.
func (t *Texts) Follow(c Clock) { t.Number, t.Same, t.Moment = c.number, c.same, c.soon }

// primary returns the language of a tag, without script and region.
func primary(tag string) string {
	language, _, _ := strings.Cut(strings.ToLower(hyphenated(tag)), "-")
	return language
}

// hyphenated replaces underscores in a tag by hyphens.
func hyphenated(tag string) string { return strings.ReplaceAll(tag, "_", "-") }

// inRegion returns a language's tag with the region of another tag, if there is one.
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

// Say returns the text of a word. It must not be inlined: it has many callers, and the page would grow by
// 10 KB.
//
//go:noinline
func (t *Texts) Say(w Word) string {
	if own, ok := t.own[string(w)]; ok {
		return own
	}
	return t.words[string(w)]
}

// With returns the text of a word, with a name and a text in place of its placeholders.
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

// About returns the text of a word about a user. The user's name does not change the direction of the text around
// it.
func (t *Texts) About(w Word, name string) string {
	const isolate, end = "\u2068", "\u2069"
	return t.With(w, isolate+strings.Map(undirected, name)+end, "")
}

// undirected drops the characters that set a direction. In a name they could change the direction of the text around it.
func undirected(r rune) rune {
	if '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
		return -1
	}
	return r
}

// Count returns the text of a word about a number of things.
func (t *Texts) Count(w Word, n int) string {
	text := t.Say(w + "." + Word(t.plural(n)))
	if text == "" {
		text = t.Say(w + "." + Word(pluralOther))
	}
	return strings.ReplaceAll(text, "{n}", t.Number(n))
}

// CountSome is Count for a number that may be higher: more says whether it is.
func (t *Texts) CountSome(w Word, n int, more bool) string {
	text := t.Count(w, n)
	if more {
		number := t.Number(n)
		text = strings.Replace(text, number, number+"+", 1)
	}
	return text
}

var roleWords = map[protocol.Role]Word{protocol.RoleOrganizer: Organizer, protocol.RoleModerator: Moderator}

// Role returns the name of a role, or "" for one that is not shown.
func (t *Texts) Role(r protocol.Role) string { return t.Say(roleWords[r]) }

// Content returns the shown text of a message.
//
//go:noinline
func (t *Texts) Content(deleted, encrypted bool, text string) string {
	return t.MarkedContent(deleted, encrypted, client.MarkNone, text)
}

// MarkedContent is Content for a message with a mark.
func (t *Texts) MarkedContent(deleted, encrypted bool, mark client.Mark, text string) string {
	switch {
	case deleted:
		return t.Say(Deleted)
	case !encrypted:
		return text
	case mark == client.MarkOpening:
		return ""
	case mark != client.MarkNone:
		return t.Mark(mark)
	}
	return t.Say(Encrypted)
}

// Excerpt returns the beginning of a message on one line, for places without the log's marks.
//
//go:noinline
func (t *Texts) Excerpt(m *protocol.Message, mark client.Mark) string {
	return t.Doubted(mark, t.Content(m.Deleted(), m.Encrypted != nil, markup.Excerpt(m.Text)))
}

// Doubted returns a text after the mark of its message, if other users than its sender may have written it.
func (t *Texts) Doubted(mark client.Mark, content string) string {
	if mark == client.MarkUncertain || mark == client.MarkPlain {
		return Because(t.Mark(mark), content)
	}
	return content
}

// Around returns the text of a word about one or two users, in pieces. Each name is a separate piece, so that it does
// not change the direction of the text around it.
func (t *Texts) Around(w Word, name, other string) []markup.Piece {
	var pieces []markup.Piece
	for rest := t.Say(w); rest != ""; {
		at, value, after := len(rest), "", ""
		for _, place := range [...][2]string{{"{name}", name}, {"{other}", other}} {
			if i := strings.Index(rest, place[0]); i >= 0 && i < at {
				at, value, after = i, place[1], rest[i+len(place[0]):]
			}
		}
		if at > 0 {
			pieces = append(pieces, markup.Piece{Kind: markup.PieceText, Text: rest[:at]})
		}
		if value != "" {
			pieces = append(pieces, markup.Piece{Kind: markup.PieceName, Text: value})
		}
		rest = after
	}
	return pieces
}
