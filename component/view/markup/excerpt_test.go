package markup

import (
	"strings"
	"testing"
)

func TestExcerpt(t *testing.T) {
	long := Excerpt(strings.Repeat("é", 500))
	if want := strings.Repeat("é", QuoteBytesMax/2) + "…"; long != want {
		t.Errorf("%q, want %q", long, want)
	}
	if got := Excerpt("a ```\nb\nc```\n_d_"); got != "a b c d" {
		t.Errorf("%q", got)
	}
}
