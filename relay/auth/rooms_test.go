package auth

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/rules"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"lobby", "lobby", true},
		{"lobby", "lobby2", false},
		{"lobby", "lobb", false},
		{"*", "anything", true},
		{"lobby-*", "lobby-", true},
		{"lobby-*", "lobby", false},
		{"*-a", "x-a-a", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"a*b*c", "aXbYbZc", true},
		{"a*b*c", "aXcYc", false},
		{"**?", "x", true},
		{"[a-z]", "b", false},
	}
	for _, test := range tests {
		if got := protocol.MatchRoom(test.pattern, test.name); got != test.want {
			t.Errorf("MatchRoom(%q, %q) = %v", test.pattern, test.name, got)
		}
	}
}

// TestMatchAgreesWithARegexp compares with a simple but slow definition.
func TestMatchAgreesWithARegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab*?]{0,8}`).Draw(t, "pattern")
		name := rapid.StringMatching(`[ab]{0,8}`).Draw(t, "name")
		r := regexp.MustCompile("^" + strings.NewReplacer("*", ".*", "?", ".").Replace(pattern) + "$")
		if got := protocol.MatchRoom(pattern, name); got != r.MatchString(name) {
			t.Errorf("MatchRoom(%q, %q) = %v", pattern, name, got)
		}
	})
}

func TestSpans(t *testing.T) {
	for patterns, want := range map[string]string{
		"":                "",
		"lobby":           `"lobby" to "lobby\x00"`,
		"*":               `"" to "\x7f"`,
		"a,*,b":           `"" to "\x7f"`,
		"b,a":             `"a" to "a\x00", "b" to "b\x00"`,
		"a,a":             `"a" to "a\x00"`,
		"talk-*":          `"talk-" to "talk-\x7f"`,
		"talk-1,talk-*":   `"talk-" to "talk-\x7f"`,
		"talk-*,talk-a?b": `"talk-" to "talk-\x7f"`,
		"a?c,b":           `"a" to "a\x7f", "b" to "b\x00"`,
	} {
		var r Rooms
		for _, p := range strings.FieldsFunc(patterns, func(c rune) bool { return c == ',' }) {
			r = append(r, Room{Pattern: p})
		}
		var got []string
		for _, span := range r.Spans() {
			got = append(got, fmt.Sprintf("%q to %q", span.From, span.To))
		}
		if all := strings.Join(got, ", "); all != want {
			t.Errorf("%s: %s, want %s", patterns, all, want)
		}
	}
}

// TestSpansCoverTokens checks that every name that the token opens is in a span, and that spans ascend and are
// disjoint.
func TestSpansCoverTokens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Rooms
		for _, pattern := range rapid.SliceOfN(rapid.StringMatching(`[abZ~*?]{1,5}`), 0, 6).Draw(t, "patterns") {
			r = append(r, Room{Pattern: pattern})
		}
		spans := r.Spans()
		for i, span := range spans {
			if span.From >= span.To || i > 0 && span.From < spans[i-1].To {
				t.Fatalf("spans %q", spans)
			}
		}
		name := rapid.StringMatching(`[abZ~]{1,6}`).Draw(t, "name")
		if _, opens := r.Role(name); opens && !slices.ContainsFunc(spans, func(s rules.Span) bool { return s.From <= name && name < s.To }) {
			t.Errorf("%q opens %s, which is not in %q", r, name, spans)
		}
	})
}
