package html

import (
	standard "html"
	"testing"
)

func TestEscapeStringIsTheStandardOne(t *testing.T) {
	for _, s := range []string{"", "plain", `<a href="x" title='y'>&amp;</a>`, "ü\x00<\xff>"} {
		if got, want := EscapeString(s), standard.EscapeString(s); got != want {
			t.Errorf("EscapeString(%q) = %q, want %q", s, got, want)
		}
	}
}
