package markup

import (
	"strings"
	"testing"
	"unicode"
)

// describe formats spans as B(bold) I(italic) C(code) P(block) L(link), and plain text unchanged.
func describe(spans []Span) string {
	var s strings.Builder
	for _, sp := range spans {
		inner := sp.Text
		if sp.Kind == Bold || sp.Kind == Italic {
			inner = describe(sp.In)
		}
		if sp.Kind == Plain {
			s.WriteString(inner)
		} else {
			s.WriteString("TBICPL"[sp.Kind:sp.Kind+1] + "(" + inner + ")")
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
		"_*_*_*x*_*_*_":              describe(Parse("_*_*_*x*_*_*_")), // any result: it ends
	} {
		if got := describe(Parse(text)); got != want {
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
		if got := describe(Parse(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// checkSpans checks that the spans of a text add nothing, leave out only marks, link only safe addresses, and are not
// nested too deeply.
func checkSpans(t *testing.T, text string, spans []Span, depth int) (rest string) {
	t.Helper()
	if depth > spansDepthMax {
		t.Fatalf("deeper than %d", spansDepthMax)
	}
	for _, s := range spans {
		if s.Kind == Bold || s.Kind == Italic {
			text = checkSpans(t, text, s.In, depth+1)
			continue
		}
		i := strings.Index(text, s.Text)
		if s.Kind == Link && i < 0 && strings.Contains(s.Text, punyPrefix) {
			continue // unparse checks its text
		}
		if i < 0 || s.Text == "" {
			t.Fatalf("%q is not in %q", s.Text, text)
		}
		text = text[i+len(s.Text):]
		if s.Kind != Link {
			continue
		}
		if scheme := addressScheme(s.Href); scheme == "" || scheme == "www." || strings.ContainsFunc(s.Href, unicode.IsSpace) || strings.ContainsFunc(s.Href, unicode.IsControl) {
			t.Fatalf("an unsafe address: %q", s.Href)
		}
	}
	return text
}

// unmarked returns the visible text of spans.
func unmarked(spans []Span) string {
	var s strings.Builder
	for _, sp := range spans {
		s.WriteString(sp.Text + unmarked(sp.In))
	}
	return s.String()
}

// unparse removes the text of spans from the beginning of a text, and returns the rest. The spans may lack only pairs of
// marks and the line breaks at a block of code.
func unparse(t *testing.T, text string, spans []Span) (rest string) {
	t.Helper()
	take := func(s string) {
		var ok bool
		if text, ok = strings.CutPrefix(text, s); !ok {
			t.Fatalf("%q is not at the beginning of %q", s, text)
		}
	}
	for _, s := range spans {
		switch s.Kind {
		case Plain:
			take(s.Text)
		case Bold, Italic:
			mark := map[SpanKind]string{Bold: "*", Italic: "_"}[s.Kind]
			take(mark)
			text = unparse(t, text, s.In)
			take(mark)
		case Code:
			take("`" + s.Text + "`")
		case Link:
			if a, ok := addressAt(text, 0); ok && a.text == s.Text {
				text = text[a.end:]
			} else {
				take(s.Text)
			}
		case Block:
			text = strings.TrimPrefix(text, "\n")
			mark := text[:len(text)-len(strings.TrimLeft(text, "`"))]
			take(mark)
			take(s.Head)
			if strings.HasPrefix(text, "\n") && !strings.HasPrefix(text, s.Text) || s.Head != "" {
				take("\n")
			} else if strings.HasPrefix(text, "\n"+s.Text+mark) || strings.HasPrefix(text, "\n"+s.Text+"\n"+mark) {
				take("\n")
			}
			take(s.Text)
			text = strings.TrimPrefix(text, "\n")
			take(mark)
			text = strings.TrimPrefix(text, "\n")
		}
	}
	return text
}

// TestMarkupEatsNothing checks texts with and without markup in many languages. Only marks may be
// removed.
func TestMarkupEatsNothing(t *testing.T) {
	for _, text := range []string{
		`¯\_(ツ)_/¯`, "¯_(ツ)_/¯", "_(ツ)_", "_(:3」∠)_", "m(_ _)m", "(_ _)", "(*_*)", "*_*", "^_^", ">_<", "-_-", "T_T", "o_O", "*^_^*", "(*^_^*)", "(*´▽`*)", "(´*ω*`)", `*\o/*`, "☆*:.｡.o(≧▽≦)o.｡.:*☆", "_|_", "*-*", "*.*", "*!*",
		"snake_case_words", "_snake_case", "snake_case_", "__init__", "____", "__", "_", "*", "**", "***", "****", "*****", "** **", "* *", "_ _", "``", "`", "``````", "```", "```\n", "```x", "``` ```", "```\n```", "2*3*4", "2 * 3 * 4", "2 *3 *4", "5*", "*5", "a*b*c", "x*(y+z)*w", "(a)*b*(c)", "f(*args, **kwargs)", "char *a, *b;", "char *a,*b;", "**bold**", "***x***", "__under__", "~~x~~",
		"* list\n* of\n* three", "*list\n*of", "- a\n- b", "*.go and *.js", `"*.go","*.js"`, ".*foo.*", "a.*b.*c", "SELECT *,count(*) FROM t", "count(*), sum(*)", `"*" and "*"`, "'*' or '*'", "/*comment*/", "/* a */ b /* c */", "src/_internal_/x", "/_next_/static", `C:\_x_\y`, `\*not bold\*`, `\_a\_`, `*a\*`, `\`, `\\`, "a\\*b*", "@_ada_", "#_tag_", "$_POST_", "%_x_", "&_a_", "^_a_", "~*a*", "2^*x*", "it`s Bob`s", "l`amour d`été", "`open", "open`", "`a\nb`",
		"pa*ss*word", "foo*bar", "foo *bar", "foo* bar", "foo * bar * baz", "*a\nb*", "_a\nb_", "文件_名称_列表", "我的_文件_名.docx", "тест_тест_тест", "раз*два*три", "हि*न्दी*में", "مر*ح*با", "é*e*é", "e\u0301*e*x", "1_000_000", "a_b*c_d*e",
	} {
		if got := describe(Parse(text)); got != text {
			t.Errorf("%q: %s, want it as it is", text, got)
		}
	}
	for _, face := range []string{
		"-_-", "*_*", "(*_*)", "(-_-)", "^_^", ">_<", "T_T", "o_O", "._.", ";_;", "=_=", "@_@", "$_$", "+_+", "~_~", "'_'", `"_"`, "!_!", "?_?", ":_:", "[_[", "*-*", "*.*",
		"*^_^*", "(*^_^*)", "u_u", "_(ツ)_", `¯\_(ツ)_/¯`, "<_<", ">_>", "|_|", "/_/", "&_&", "#_#", "%_%", "x_x", "0_0", "(*´▽`*)", ",_,", "{_{", "-*-", "'*'", "**", "__", "´ω`", "_(:3」∠)_", "ヽ(*・ω・)ﾉ",
	} {
		for _, text := range []string{face + " and " + face, face + face, face + "和 " + face, "(" + face + ") (" + face + ")"} {
			if got := unmarked(Parse(text)); got != text {
				t.Errorf("%q: reads %s", text, got)
			}
		}
	}
	for text, want := range map[string]string{
		"这是*重点*内容": "这是B(重点)内容", "*重点*内容": "B(重点)内容", "这是*重点*": "这是B(重点)", "这是*重点*，还有*另一个*。": "这是B(重点)，还有B(另一个)。",
		"这是*「重点」*内容": "这是B(「重点」)内容", "*「爱」*": "B(「爱」)", "这是*API*内容": "这是B(API)内容", "これは*大事*です": "これはB(大事)です", "これは*「大事」*です。": "これはB(「大事」)です。", "이것은*중요*합니다": "이것은B(중요)합니다", "นี่คือ*สำคัญ*มาก": "นี่คือB(สำคัญ)มาก",
		"A*重点*B": "AB(重点)B", "，_重点_。": "，I(重点)。", "（*重点*）": "（B(重点)）", "هذا *مهم* جدا": "هذا B(مهم) جدا", "هذا *مهم*؟": "هذا B(مهم)؟", "यह *ज़रूरी* है।": "यह B(ज़रूरी) है।", "यह *ज़रूरी*।": "यह B(ज़रूरी)।", "это *важно*!": "это B(важно)!", "*é*": "B(é)", "*e\u0301*": "B(e\u0301)",
		"*Ada*'s": "B(Ada)'s", "\"*a*\"": "\"B(a)\"", "*\"a b\"*": "B(\"a b\")", "«*a*»": "«B(a)»", "“*a*”": "“B(a)”", "¿*qué*?": "¿B(qué)?", "*his*/*her*": "B(his)/B(her)", "*a*-_b_": "B(a)-I(b)", "a: *b*; _c_": "a: B(b); I(c)", "*a*, *b*": "B(a), B(b)", "(*a*)": "(B(a))", "[_a_]": "[I(a)]", "{*a*}": "{B(a)}", "*5 €*": "B(5 €)", "*$5*": "B($5)", "*100%*": "B(100%)", "*#1*": "B(#1)", "*-5*": "B(-5)", "😀*party*😀": "😀B(party)😀", "*party 😀*": "B(party 😀)", "*(yes!)*": "B((yes!))", "*a (b)*": "B(a (b))", "*wait…*": "B(wait…)", "*a_b_c*": "B(a_b_c)", "_*both*_": "I(B(both))", "*_both_*": "B(I(both))", "*a _b* c_": "B(a _b) c_", "*a*b*": "B(a*b)",
		"_https://a.b/c_": "I(L(https://a.b/c))", "*https://a.b/c*": "B(L(https://a.b/c))", "*https://a.b/*": "B(L(https://a.b/))", "_https://a.b/_": "I(L(https://a.b/))", "_see https://a.b/c_": "I(see L(https://a.b/c))", "https://a.b/c_d_": "L(https://a.b/c_d_)", "_a_ https://a.b/c_": "I(a) L(https://a.b/c_)", "`https://a.b`": "C(https://a.b)",
		"```hello\nworld```": "P(hello\nworld)", "```\nhello\nworld\n```": "P(hello\nworld)", "```TODO\n1\n```": "P(TODO\n1)", "```Hi there\nx```": "P(Hi there\nx)", "```x```": "P(x)", "a```x```b": "aP(x)b", "````\n```\n````": "P(```)", "```\n\nx\n\n```": "P(\nx\n)", "```a``` ```b": "P(a) ```b", "```go\nx```": "P(x)", "```C++\nx```": "P(x)",
		"使用`code`来": "使用C(code)来", "(`a`)": "(C(a))", "`a`s": "C(a)s", "``a`": "`C(a)",
	} {
		if got := describe(Parse(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
		if rest := unparse(t, text, Parse(text)); rest != "" {
			t.Errorf("%q: %q is not shown", text, rest)
		}
	}
	for _, text := range []string{"```go\nx```", "```Python\nx\n```"} {
		if s := Parse(text)[0]; s.Head == "" || !strings.HasPrefix(text, fence+s.Head+"\n") {
			t.Errorf("%q: the language is %q", text, s.Head)
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, seed := range []string{
		"*a* _b_ `c` ```d```", "*a _b *c _d *e* d_ c* b_ a*", "https://a.b/(c)_d_", "mailto:a@b,mailto:", "\n```go\nx```\n", "*\xff*",
	} {
		f.Add(seed)
	}
	for _, seed := range []string{
		`¯\_(ツ)_/¯`, "```hello\nworld```", "````\n```\n````", "这是*重点*内容", "2*3*4 **x** __y__", "`it`s`", "https://аррӏе.com/a_b_", "_https://a.b/c_", "www.a.example,a@b.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spans := Parse(text)
		checkSpans(t, text, spans, 0)
		if rest := unparse(t, text, spans); rest != "" {
			t.Fatalf("%q is not shown of %q", rest, text)
		}
	})
}

// TestParseHostileText parses long texts that are made to be slow. If parsing is not linear, the test exceeds the time
// limit of the run.
func TestParseHostileText(t *testing.T) {
	const size = 64 << 10
	for _, piece := range []string{"*a ", "_*a ", "*a*_", "`", "```", "http://,", "mailto:,", "https://(", "*`a ", "*a\n", "https://a(", "https://a@", "https://a/[", "a@", "a@b.c,", "www.a.bc,", "://", "*!", "_(", "中*", "*https://a.b/* ", "https://é.a ", "````", "`a"} {
		text := strings.Repeat(piece, size/len(piece))
		spans := Parse(text)
		checkSpans(t, text, spans, 0)
		if rest := unparse(t, text, spans); rest != "" {
			t.Errorf("%q…: %d bytes are not shown", piece, len(rest))
		}
	}
}
