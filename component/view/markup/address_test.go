package markup

import (
	"strings"
	"testing"
)

// TestAddressBounds checks that addresses begin and end where a reader expects it.
func TestAddressBounds(t *testing.T) {
	const a = "https://a.example"
	for _, text := range []string{
		// Text before and after an address.
		"请看<" + a + "/x>", "見て<" + a + "/x>を見る", "링크:<" + a + "/x>에서", "ดูที่<" + a + "/x>ครับ", "انظر<" + a + "/x>",
		"смотри<" + a + ">", "：<" + a + ">", "，<" + a + ">，", "。<" + a + "/x>。", "（<" + a + "/x>）", "「<" + a + "/x>」", "『<" + a + "/x>』",
		"【<" + a + "/x>】", "《<" + a + "/x>》", "、<" + a + "/x>、<https://b.example>；", "¿<" + a + "/x>?", "¡<" + a + "/x>!", "„<" + a + "/x>“",
		"“<" + a + "/x>”", "«<" + a + "/x>»", "‹<" + a + "/x>›", "‘<" + a + "/x>’ and", "—<" + a + "/x>—", "…<" + a + "/x>…",
		"<" + a + "/x>؟", "<" + a + "/x>، و", "<" + a + "/x>؛", "<" + a + "/x>।", "<" + a + "/x>۔", "<" + a + "/x>？", "<" + a + "/x>！", "<" + a + "/x>：", "<" + a + "/x>；",
		"url=<" + a + "/x>", "URL:<" + a + "/x>", "see:<" + a + ">", "(<" + a + "/x>)", "[<" + a + "/x>]", "{<" + a + "/x>}", "[text](<" + a + "/x>)", "[text](<" + a + "/x>)more",
		"\"<" + a + "/x>\"", "'<" + a + "/x>'", "['<" + a + "/x>','<https://b.example/y>']", "|<" + a + "/x>|", "-<" + a + "/x>", "*<" + a + "/x>", "~<" + a + ">", "#<" + a + ">", "&<" + a + ">",
		"a.<" + a + ">", "line\n<" + a + ">\n<" + a + "/y>", "\t<" + a + ">\t", "😀<" + a + ">", "<" + a + ">😀", "<" + a + "/x>👍🏽", "<" + a + ">→", "(see <" + a + "/x>).", "(<" + a + "/x>)。",
		"<" + a + "/x>.", "<" + a + "/x>,", "<" + a + "/x>;", "<" + a + "/x>:", "<" + a + "/x>!", "<" + a + "/x>?", "<" + a + "/x>...", "<" + a + "/x>?!", "<" + a + "/x>'", "<" + a + "/x>\"", "<" + a + "/x>).", "<" + a + "/x>)]}", "<" + a + "/x>**",
		"<" + a + ">.", "<" + a + ">...and", "<" + a + ">:", "<" + a + ">?", "<" + a + ">)", "<" + a + ">, <https://b.example>", "<" + a + ">。", "<" + a + ">（公式）", "<" + a + ">(note)", "<" + a + "/x>(see also)", "<" + a + "/x>（说明）后",
		// Parts of an address.
		"<" + a + "/a[1]>", "<" + a + "/a[1]/b[2]>.", "<" + a + "/path_>", "<" + a + "/_path_>", "<https://en.wikipedia.org/wiki/Foo_(bar)>", "(<https://en.wikipedia.org/wiki/Foo_(bar)>)",
		"<https://en.wikipedia.org/wiki/Foo_(bar)_(baz)>.", "<https://en.wikipedia.org/wiki/A_(b_(c))>!", "<" + a + "/{id}/x>", "<" + a + "/?a[]=1&b[0]=2>", "<https://en.wikipedia.org/wiki/Michelson–Morley_experiment>",
		"<https://zh.wikipedia.org/wiki/北京>", "<https://zh.wikipedia.org/wiki/北京>。你好", "<" + a + "/页面>，", "<https://ja.wikipedia.org/wiki/ジョン・レノン>", "<https://ja.wikipedia.org/wiki/Go_(プログラミング言語)>", "<" + a + "/weg/straße?q=日本>",
		"<" + a + "/x>谢谢", "<" + a + "/page>를 보세요", "<" + a + "/page>を見て", "<" + a + ">是官网", "<" + a + ">에서", "<" + a + ":8080>是", "<" + a + ">و", "<https://fa.wikipedia.org/wiki/می\u200cشود>", "<https://ru.wikipedia.org/wiki/Москва>.", "<https://he.wikipedia.org/wiki/ירושלים>",
		"<" + a + ":8080/x>", "<http://localhost:3000/>", "<http://localhost>", "<http://[::1]:8080/>", "<http://[2001:db8::1]/x>.", "<http://[::ffff:10.0.0.1]>", "<http://127.0.0.1:8080/x?y#z>", "<" + a + "/%E5%8C%97?x=%20#f>", "<" + a + "#top>", "<" + a + "?q=1>", "<" + a + "/#/route>", "<" + a + "/?q=a+b&c=d;e,f>",
		"<" + a + "/@user/x>", "<" + a + "/?mail=a@b.example>", "<" + a + "/#a@b>", "<" + a + "/x,y>", "<" + a + "/x!y>", "<" + a + "/it's>", "<" + a + "/'x'>", "<" + a + "/it's>'", "<" + a + "/it's>'.", "<" + a + "/~ada/>", "<" + a + "/$x=1*2>", "<" + a + "/?u=https://b.example/y>", "<https://web.archive.org/web/2020/https://a.example/>",
		"<HTTPS://A.Example/X>", "<https://a-b.c_d.example/>", "<https://xn--mnchen-3ya.de>", "<https://xn--80ak6aa92e.com/>",
		// Several addresses.
		"<" + a + ">,<https://b.example>", "<" + a + "/x>,<http://b.example/y>,<www.c.example>", "<" + a + "/x>;<https://b.example>", "<" + a + ">|<https://b.example>", "<" + a + ">\n<https://b.example>", "<" + a + ">、<https://b.example>", "<" + a + "/x>；<https://b.example/y>。", "(<" + a + ">)(<https://b.example>)",
		// No address.
		"http://", "https://", "http:// a", "http://.", "http://-", "https://?", "https://#x", "https:///x", "https://[::1", "https://[::g]/", "https://[]", "http://:80", "HTTP://", "xhttps://b.example", "éhttps://b.example", "1https://b.example",
		"a.b", "file.txt", "v1.2.3", "1.2.3.4", "example.org", "www.", "www", "www.x", "www.1.2", "www..org", "www.example", "www.evil.invalid", "awww.example.org", "x.www.example.org", "ftp://www.example.org/", "javascript://www.example.org", "//www.example.org", "e.g. this", "Node.js", "a.b@c", "@ada", "@ada@", "a@b", "react@18.2.0", "logo@2x.png", "git@github.com:user/repo.git", "@ada@social.example", "ada@@x.example", "ada@.example", ".@x.example", "ada@x.e", "ada@x..example", "a b@ c.example", "ssh://git@a.example/x", "javascript:alert(1)", "data:text/html,x", "tel:+1", "vbscript:x", "file:///etc/x",
		// Without a scheme.
		"<www.example.org>", "见<www.example.org>。", "(<www.example.org/x>)", "<www.example.org>,<www.example.com>", "<WWW.Example.Org:80/x?y>.", "site:<www.gov.uk>", "<www.münchen.de>!", "<www.例え.jp>",
		"<ada@example.org>", "mail:<ada@example.org>", "邮箱：<ada@example.org>。", "<ada.l+x@mail.example.org>", "(<ada@example.org>)", "<ada@example.org>,<ben@example.org>", "<ada@example.org>.", "<ada@example.org>吗", "联系<ada@example.org>谢谢", "<a_b%c-d@example.org>", "<ada@münchen.de>", "-<ada@example.org>", "<mailto:ada@example.org?subject=x&body=y>.", "=<ada@example.org>",
	} {
		plain := strings.NewReplacer("<", "", ">", "").Replace(text)
		want := strings.NewReplacer("<", "L(", ">", ")").Replace(text)
		if got := describe(Parse(plain)); got != want {
			t.Errorf("%q: %s, want %s", plain, got, want)
		}
	}
}

// TestAddressLeadsWhereItSays checks hosts that could be mistaken for others.
func TestAddressLeadsWhereItSays(t *testing.T) {
	for text, want := range map[string]string{ // "": no link
		// User information.
		"https://paypal.com@evil.example/login":    "",
		"https://paypal.com:443@evil.example/":     "",
		"https://user:pass@evil.example/":          "",
		"http://a@evil.example":                    "",
		"https://:@evil.example":                   "",
		"https://@evil.example":                    "",
		"https://paypal.com%2flogin@evil.example":  "",
		"https://paypal.com&x=1;y,z@evil.example":  "",
		"https://пайпал.рф@evil.example":           "",
		"www.paypal.com@evil.example":              "",
		"www.paypal.com:x@evil.example/":           "",
		"https://paypal.com＠evil.example/":         "",
		"https://paypal.com@evil.example,ada@b.io": "",
		"https://a@[::1]/":                         "",
		"https://paypal.com\u200b@evil.example":    "",
		"mailto:ada@b.example@evil.example":        "",
		// Hosts that mix scripts, or look like Latin.
		"https://аррӏе.com":          "https://xn--80ak6aa92e.com",
		"https://аррӏе.com/a?b#c":    "https://xn--80ak6aa92e.com/a?b#c",
		"https://раypal.com":         "https://xn--ypal-43d9g.com",
		"https://www.аррӏе.com:8443": "https://www.xn--80ak6aa92e.com:8443",
		"https://gооgle.com/x":       "https://xn--ggle-55da.com/x",
		"https://ɡoogle.com":         "https://xn--oogle-qmc.com",
		"https://αpple.com":          "https://xn--pple-zld.com",
		"https://apple.соm":          "https://apple.xn--m-0tbi",
		"https://apple.сом":          "https://apple.xn--l1adi",
		"https://ѕсоре.com":          "https://xn--e1argc3h.com",
		"https://РАУРАL.com":         "https://xn--l-7sba6dbr.com",
		"https://ВМ.com":             "https://xn--b1au.com",
		"https://аррӏе.аррӏе.com":    "https://xn--80ak6aa92e.xn--80ak6aa92e.com",
		"https://почта.аррӏе.com":    "https://xn--80a1acny.xn--80ak6aa92e.com",
		"https://νοrd.com":           "https://xn--rd-cbci.com",
		"https://օոս.com":            "https://xn--mbbkw.com",
		"https://comノlogin.example":  "https://xn--comlogin-634g.example",
		"https://abc丶def.example":    "https://xn--abcdef-5x7i.example",
		"https://аррӏе":              "https://xn--80ak6aa92e",
		"https://bank\u0338.example": "https://xn--bank-t3c.example",
		"www.раypal.com":             "www.xn--ypal-43d9g.com",
		"ada@раypal.com":             "ada@xn--ypal-43d9g.com",
		"mailto:ada@раypal.com":      "mailto:ada@xn--ypal-43d9g.com",
		"https://ഠഠ.com":             "https://xn--mwca.com",
		"https://ဝပင.com":            "https://xn--rid7axa.com",
		"https://ᎪᏢᏢᏞᎬ.com":          "https://xn--g9de3mpaa.com",
		"https://о2.com":             "https://xn--2-0tb.com",
		"https://abcشركة.com":        "https://xn--abc-yze3br0i.com",
		// Hosts that do not.
		"https://münchen.de":             "https://münchen.de",
		"https://MÜNCHEN.de":             "https://MÜNCHEN.de",
		"https://mu\u0308nchen.de":       "https://mu\u0308nchen.de",
		"https://œuvre.fr":               "https://œuvre.fr",
		"https://việtnam.vn":             "https://việtnam.vn",
		"https://kołobrzeg.pl":           "https://kołobrzeg.pl",
		"https://例え.jp":                  "https://例え.jp",
		"https://カタカナひらがな漢字.jp":          "https://カタカナひらがな漢字.jp",
		"https://東京tower.jp":             "https://東京tower.jp",
		"https://北京.中国":                  "https://北京.中国",
		"https://www.中国abc.com":          "https://www.中国abc.com",
		"https://한국.kr":                  "https://한국.kr",
		"https://한국漢字abc.kr":             "https://한국漢字abc.kr",
		"https://スーパー.jp":                "https://スーパー.jp",
		"https://пример.рф":              "https://пример.рф",
		"https://пример.рус":             "https://пример.рус",
		"https://президент.рф/":          "https://президент.рф/",
		"https://пример.com":             "https://пример.com",
		"https://ελλάδα.gr":              "https://ελλάδα.gr",
		"https://مثال.إختبار":            "https://مثال.إختبار",
		"https://उदाहरण.भारत":            "https://उदाहरण.भारत",
		"https://ישראל.קום":              "https://ישראל.קום",
		"https://ไทย.ไทย":                "https://ไทย.ไทย",
		"https://xn--80ak6aa92e.com":     "https://xn--80ak6aa92e.com",
		"https://a.example/аррӏе/раypal": "https://a.example/аррӏе/раypal",
		// Characters that look like a part of an address, or cannot be seen.
		"https://pay\u200bpal.com":                   "",
		"https://pay\u00adpal.com":                   "",
		"https://pay\u2060pal.com":                   "",
		"https://pay\ufeffpal.com":                   "",
		"https://pay\u034fpal.com":                   "",
		"https://pay\ufe0fpal.com":                   "",
		"https://paypal.com\u202egro.live":           "",
		"https://\u202epaypal.com":                   "",
		"https://paypal.com\u2066.evil.example":      "",
		"https://paypal.com\u2044login.evil.example": "",
		"https://paypal.com\u2215login.evil.example": "",
		"https://paypal.com\uff0flogin.evil.example": "",
		"https://paypal.com\u29f8login.evil.example": "",
		"https://paypal.com\u2571evil.example":       "",
		"https://paypal．com":                         "",
		"https://paypal｡com":                         "",
		"https://paypal。com":                         "",
		"https://paypal․com":                         "",
		"https://paypal.com．evil.example":            "",
		"https://ｐａｙｐａｌ.com":                         "",
		"https://𝐩𝐚𝐲𝐩𝐚𝐥.com":                         "",
		"https://paypaⅼ.com":                         "",
		"https://paypal².com":                        "",
		"https://ⓟaypal.com":                         "",
		"https://pay\u3164pal.com":                   "",
		"https://paypal.com%40evil.example":          "",
		"https://paypal.com%00.evil.example":         "",
		"https://paypal.com:80evil.example":          "",
		"https://paypal.com:999999":                  "",
		"https://ex\ufffdmple.com":                   "",
		// Text that a reader can distinguish from the address.
		"https://paypal.com\u200b":          "https://paypal.com",
		"https://paypal.com\u200b ok":       "https://paypal.com",
		"https://paypal.com\\@evil.example": "https://paypal.com",
		"https://paypal.com。ok":             "https://paypal.com",
		"https://paypal.com/\u202egpj.exe":  "https://paypal.com/",
		"https://paypal.com/a\u2044b":       "https://paypal.com/a",
	} {
		var links []Span
		for _, s := range Parse("see " + text + " there") {
			if s.Kind == Link {
				links = append(links, s)
			}
		}
		switch {
		case want == "" && len(links) > 0:
			t.Errorf("%q: a link to %q, want none", text, links[0].Href)
		case want != "" && (len(links) != 1 || links[0].Text != want):
			t.Errorf("%+v: %+v, want a link that shows %q", text, links, want)
		}
	}
}

func TestAsciiLabel(t *testing.T) {
	for label, want := range map[string]string{ // RFC 3492, section 7.1, and others
		"ليهمابتكلموشعربي؟":            "xn--egbpdaj6bu4bxfgehfvwxn",
		"他们为什么不说中文":                    "xn--ihqwcrb4cv8a8dqg056pqjye",
		"Pročprostěnemluvíčesky":       "xn--proprostnemluvesky-uyb24dma41a",
		"למההםפשוטלאמדבריםעברית":       "xn--4dbcagdahymbxekheh6e0a7fei0b",
		"почемужеонинеговорятпорусски": "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l",
		"なぜみんな日本語を話してくれないのか":           "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
		"3年B組金八先生":                     "xn--3b-ww4c5e180e575a65lsy2b",
		"münchen":                      "xn--mnchen-3ya",
		"bücher":                       "xn--bcher-kva",
		"рф":                           "xn--p1ai",
		"ß":                            "xn--zca",
		"Abc-1":                        "abc-1",
		"😀":                            "xn--e28h",
	} {
		if got := asciiLabel(label); got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
}
