package composer

import (
	"slices"
	"strconv"
	"strings"

	"hallway/component/view/markup"
	"hallway/protocol"
)

// moved returns the mentions after a change of the text. It drops a mention in the changed part.
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

// nameAt returns the unfinished name before a position in a text: the words after the last @ of the line, if the @
// begins a word.
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

// plainSpace replaces line breaks and tabs in a name by spaces.
func plainSpace(r rune) rune {
	if r == '\n' || r == '\t' {
		return ' '
	}
	return r
}

// mentionsText encodes mentions for a draft, with a line for each.
func mentionsText(list []protocol.Mention) string {
	var lines []string
	for _, m := range list {
		lines = append(lines, strconv.FormatInt(m.At, 10)+" "+strconv.FormatInt(m.Len, 10)+" "+m.User)
	}
	return strings.Join(lines, "\n")
}

// mentionsFrom decodes the output of mentionsText. It accepts any text, because other scripts can write to the storage.
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
