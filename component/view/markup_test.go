package view

import (
	"strings"
	"testing"
	"unicode"
)

// describe writes spans down: B(bold) I(italic) C(code) P(block) L(link), text as it is.
func describe(spans []span) string {
	var s strings.Builder
	for _, sp := range spans {
		inner := sp.text
		if sp.kind == spanBold || sp.kind == spanItalic {
			inner = describe(sp.in)
		}
		if sp.kind == spanText {
			s.WriteString(inner)
		} else {
			s.WriteString("TBICPL"[sp.kind:sp.kind+1] + "(" + inner + ")")
		}
	}
	return s.String()
}

func TestParseText(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"plain <b>&amp;</b>":         "plain <b>&amp;</b>",
		"*bold*":                     "B(bold)",
		"a *bold word* here":         "a B(bold word) here",
		"_it_, (*b*).":               "I(it), (B(b)).",
		"*b _i_ b*":                  "B(b I(i) b)",
		"snake_case_name 2*3*4":      "snake_case_name 2*3*4",
		"* list\n* of* two":          "* list\n* of* two",
		"**& such**":                 "**& such**",
		"__init__ and ***":           "__init__ and ***",
		"*over\nlines*":              "*over\nlines*",
		"*a\n*b*":                    "*a\nB(b)",
		"*open _and_":                "*open I(and)",
		"`a*b*` *`c`*":               "C(a*b*) B(C(c))",
		"`open\n`":                   "`open\n`",
		"`` ` `":                     "`C( ) `",
		"*`*`*":                      "B(C(*))",
		"```x := *p*```":             "P(x := *p*)",
		"see\n```go\na\n\nb\n```\nc": "seeP(a\n\nb)c",
		"```\n  two\n```":            "P(  two)",
		"```not go, text\nx```":      "P(not go, text\nx)",
		"``` ```":                    "``` ```",
		"```open *b*":                "```open B(b)",
		"_https://a.b/c_d_e_":        "I(L(https://a.b/c_d_e))",
		"*مرحبا*":                    "B(مرحبا)",
		"\xff*a*":                    "\xffB(a)",
		"_*_*_*x*_*_*_":              describe(parseText("_*_*_*x*_*_*_")), // whatever: it ends
	} {
		if got := describe(parseText(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"https://a.example":                        "L(https://a.example)",
		"HTTP://A.example/?q=1&r=2#f":              "L(HTTP://A.example/?q=1&r=2#f)",
		"see https://a.example/x.":                 "see L(https://a.example/x).",
		"(https://a.example/x)":                    "(L(https://a.example/x))",
		"https://a.example/Go_(language), too":     "L(https://a.example/Go_(language)), too",
		"<https://a.example>":                      "<L(https://a.example)>",
		"mailto:ada@a.example!":                    "L(mailto:ada@a.example)!",
		"mailto:ada mailto:@a.example":             "mailto:ada mailto:@a.example",
		"https:// http://. https://[::1":           "https:// http://. https://[::1",
		"javascript:alert(1) data:text/html,x":     "javascript:alert(1) data:text/html,x",
		"ftp://a.example file:///etc xhttps://b.c": "ftp://a.example file:///etc xhttps://b.c",
		"view-source:https://a.example":            "view-source:https://a.example",
		"https://a.example/\u202egpj.exe":          "L(https://a.example/)\u202egpj.exe",
		"https://" + strings.Repeat("a", 3000):     "https://" + strings.Repeat("a", 3000),
		"https://a.example/weg/straße?q=日本":        "L(https://a.example/weg/straße?q=日本)",
	} {
		if got := describe(parseText(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// checkSpans is what holds for every text: nothing is added, nothing but markup is
// left out, only safe addresses are linked, and the depth is bounded.
func checkSpans(t *testing.T, text string, spans []span, depth int) (rest string) {
	t.Helper()
	if depth > spansDepthMax {
		t.Fatalf("deeper than %d", spansDepthMax)
	}
	for _, s := range spans {
		if s.kind == spanBold || s.kind == spanItalic {
			text = checkSpans(t, text, s.in, depth+1)
			continue
		}
		i := strings.Index(text, s.text)
		if i < 0 || s.text == "" {
			t.Fatalf("%q is not in %q", s.text, text)
		}
		text = text[i+len(s.text):]
		if s.kind != spanLink {
			continue
		}
		if addressScheme(s.href) == "" || strings.ContainsFunc(s.href, unicode.IsSpace) || strings.ContainsFunc(s.href, unicode.IsControl) {
			t.Fatalf("an unsafe address: %q", s.href)
		}
	}
	return text
}

func FuzzParseText(f *testing.F) {
	for _, seed := range []string{
		"*a* _b_ `c` ```d```", "*a _b *c _d *e* d_ c* b_ a*", "https://a.b/(c)_d_", "mailto:a@b,mailto:", "\n```go\nx```\n", "*\xff*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkSpans(t, text, parseText(text), 0)
	})
}

// The longest text, made to be slow: it must not be. The time limit of the test run
// is what fails it.
func TestParseHostileText(t *testing.T) {
	const size = 64 << 10
	for _, piece := range []string{"*a ", "_*a ", "*a*_", "`", "```", "http://,", "mailto:,", "https://(", "*`a ", "*a\n"} {
		text := strings.Repeat(piece, size/len(piece))
		checkSpans(t, text, parseText(text), 0)
	}
}
