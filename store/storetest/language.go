package storetest

import (
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
)

// said is a text with queries that should find it, and queries that should not.
type said struct {
	text            string
	found, notFound []string
}

// languages holds texts and queries in many languages.
var languages = []said{
	// Scripts without spaces between words, and Korean, whose words have endings.
	{"我在北京工作", []string{"北京", "京", "我", "作", "在北京", "北京工作", "我在北京工作", "我 工作", "工作 北京"}, []string{"北工", "上海", "京北", "我北", "东"}},
	{"今天天气很好，我们去公园吧。", []string{"天气", "天天", "公园", "公园吧", "好，我们", "很好", "天气 公园", "今天天气很好,我们", "吧。"}, []string{"好我", "公园去"}},
	{"東京タワーに行きました", []string{"東京", "タワー", "たわー", "ﾀﾜｰ", "行き", "行きました", "東京 タワー", "京タ"}, []string{"京都", "だわー"}},
	{"ｶﾞｷﾞｸﾞ ﾊﾟｰﾃｨｰ", []string{"ガギグ", "がぎぐ", "ガ", "パーティー", "ぱーてぃー"}, []string{"カキク", "バーティー"}},
	{"会議は第3会議室でWiFiなし", []string{"第3", "3会議室", "第３会議室", "wifi", "WIFI", "会議室 wifi", "Wi-Fi"}, []string{"第4", "会議室3"}},
	{"ジョン・レノンの曲", []string{"レノン", "ジョンレノン", "ジョン・レノン", "ジョン レノン"}, nil},
	{"𠮷野家で食べた", []string{"𠮷野家", "野家", "𠮷"}, []string{"吉野家"}},
	{"서울에서 회의가 있습니다", []string{"서울", "회의", "서울 회의", "회의가", "서", "있습니다", "\u1109\u1165\u110b\u116e\u11af"}, []string{"부산", "울서"}},
	{"ㅋㅋㅋ 대박", []string{"ㅋㅋ", "ㅋ", "대박"}, []string{"ㅎㅎ"}},
	{"ผมทำงานที่กรุงเทพ", []string{"กรุงเทพ", "ทำงาน", "ผม", "ก", "งานที่"}, []string{"เชียงใหม่", "เทพกรุง"}},
	{"ຂ້ອຍຢູ່ວຽງຈັນ", []string{"ວຽງຈັນ", "ຂ້ອຍ", "ວ"}, []string{"ຈັນວຽງ"}},
	{"ខ្ញុំនៅ\u200bភ្នំពេញ", []string{"ភ្នំពេញ", "ខ្ញុំ", "នៅភ្នំពេញ", "ភ"}, []string{"ពេញភ្នំ"}},
	{"ကျွန်တော် ရန်ကုန်မှာနေတယ်", []string{"ရန်ကုန်", "နေတယ်", "ရ"}, []string{"မန္တလေး"}},
	{"བཀྲ་ཤིས་བདེ་ལེགས།", []string{"བཀྲ་ཤིས", "བདེ་ལེགས", "ལེགས", "བདེ"}, []string{"ཤིས་བཀྲ"}},

	// Arabic and its neighbours.
	{"ذهبتُ إلى المدرسةِ مع أحمد", []string{"المدرسة", "مدرسة", "مدرسه", "المدرسه", "الى", "إلي", "احمد", "أحمد", "ذهبت", "ذَهَبْتُ", "مدر"}, []string{"جامعة", "درس"}},
	{"الكتـــاب والقلم بالبيت", []string{"كتاب", "الكتاب", "كِتَاب", "قلم", "القلم", "والقلم", "بيت", "البيت", "كتاب بيت"}, []string{"تاب", "باب"}},
	{"كتاب جديد للطالب", []string{"الكتاب", "والكتاب", "الجديد", "طالب", "الطالب"}, []string{"بكر"}},
	{"وكتاب لمحمد", []string{"كتاب", "محمد"}, nil},
	{"الله أكبر", []string{"الله", "اكبر", "الأكبر"}, nil},
	{"قال له صديقه", []string{"له"}, []string{"الله"}},
	{"می\u200cخواهم کتاب\u200cها را", []string{"می\u200cخواهم", "میخواهم", "می خواهم", "خواهم", "كتاب", "کتابها"}, nil},
	{"آج ۱۲ لوگ ہیں", []string{"12", "١٢", "اج", "ہیں"}, []string{"21"}},
	{"שָׁלוֹם חבר, ב\"צה״ל\" בבית הספר", []string{"שלום", "שָׁלוֹם", "צהל", "צה\"ל", "צה״ל", "בית", "ספר", "הספר", "שלו"}, []string{"שלם", "רבח"}},

	// Latin letters.
	{"Die Straße in Gießen", []string{"strasse", "STRASSE", "straße", "STRAẞE", "giessen", "Gieß"}, []string{"strase"}},
	{"Strasse und MASSE", []string{"straße", "maße"}, nil},
	{"Herr Müller aus Köln kauft Äpfel", []string{"muller", "mueller", "MÜLLER", "Mu\u0308ller", "koeln", "koln", "aepfel", "apfel"}, []string{"moller"}},
	{"Frau Mueller", []string{"Müller", "mueller"}, []string{"muller mueller x"}},
	{"Jahresversammlungsraum", []string{"Versammlung", "raum", "jahres", "Jahresversammlung", "versammlungsraum", "sammlungsraum", "VERSAMMLUNG raum"}, []string{"versammlungen", "aum", "raumversammlung"}},
	{"Donaudampfschifffahrtsgesellschaftskapitän", []string{"dampfschifffahrt", "gesellschaft", "kapitän", "kapitaen", "schifffahrtsgesellschaftskapitän"}, []string{"kapitan schiffe", "gesellschafter"}},
	{"Im Rathaus brannte Licht", []string{"haus", "rat", "Rathaus"}, []string{"ran", "aus", "ich"}},
	{"Œuvre et cœur, encyclopædia", []string{"oeuvre", "œuvre", "coeur", "CŒUR", "encyclopaedia", "encyclopædia"}, []string{"euvre"}},
	{"l’école d'été aujourd'hui", []string{"école", "ecole", "l'école", "L'ECOLE", "été", "d’été", "aujourd'hui", "aujourdhui"}, []string{"cole"}},
	{"I don't know", []string{"don't", "dont", "don’t", "DON´T"}, []string{"donut"}},
	{"Łódź, Gdańsk i żółw", []string{"lodz", "łódź", "LODZ", "gdansk", "zolw"}, nil},
	{"Smørrebrød på Ærø, blåbær", []string{"smorrebrod", "smørrebrød", "smoerrebroed", "aero", "ærø", "pa", "paa", "blabaer", "blaabaer"}, nil},
	{"Đà Nẵng, Việt Nam", []string{"da nang", "đà nẵng", "viet nam", "VIỆT", "Vie\u0323\u0302t"}, []string{"hanoi"}},
	{"ILIK çay, İstanbul ve ılık", []string{"ılık", "ilik", "ILIK", "istanbul", "İSTANBUL", "ISTANBUL", "ıstanbul", "cay"}, nil},
	{"Þingvellir og Reykjavík, maðr", []string{"thingvellir", "þing", "reykjavik", "madr"}, nil},
	{"Ħal Għaxaq, ŋ, ə", []string{"hal ghaxaq", "n", "e"}, nil},
	{"Č, š, ž: čeština, Ştefan, Škoda", []string{"cestina", "stefan", "ŠKODA", "skoda"}, nil},
	{"ﬁnancial oﬃce ﬂow", []string{"financial", "office", "flow", "ﬁn"}, []string{"nan"}},
	{"Ｆｕｌｌ　ｗｉｄｔｈ １２３", []string{"full", "width", "123", "ｆｕｌｌ ｗｉｄ"}, nil},
	{"𝓕𝓪𝓷𝓬𝔂 ⓉⒺⓍⓉ ㏒ Ⅷ", []string{"fancy", "text", "viii"}, nil},
	{"col·legi paral·lel", []string{"collegi", "col·legi", "parallel", "legi"}, nil},
	{"Hawaiʻi", []string{"hawaii", "hawai'i"}, nil},

	// Other alphabets.
	{"Ο Οδυσσεύς και ο ΣΊΣΥΦΟΣ", []string{"οδυσσευς", "ΟΔΥΣΣΕΎΣ", "οδυσσεύσ", "σίσυφος", "σισυφοσ"}, nil},
	{"Ещё её ёлка, Київ, ґанок", []string{"еще", "ещё", "ЕЩЕ", "елка", "киів", "КИЇВ", "ганок"}, nil},
	{"қазақ тілі", []string{"казак", "ҚАЗАҚ"}, nil},
	{"ᏣᎳᎩ ꮳꮃꭹ", []string{"ᏣᎳᎩ", "ꮳꮃꭹ"}, nil},
	{"Հայաստան ՀԱՅ և", []string{"հայաստան", "հայ", "եւ"}, nil},
	{"საქართველო", []string{"ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "საქ"}, nil},
	{"ज़रूर हिन्दी में क़लम हूँ", []string{"जरूर", "ज\u093cरूर", "\u095bरूर", "हिन्दी", "कलम", "हूं", "हि"}, []string{"हनद", "हन्दी"}},
	{"हिन्दी का सम्बन्ध, अण्डा", []string{"हिंदी", "हिन्दी", "संबंध", "सम्बंध", "अंडा"}, []string{"हिमदी"}},
	{"বাংলা ভাষা", []string{"বাংলা", "ভা"}, []string{"ভষ"}},
	{"தமிழ் மொழி", []string{"தமிழ்", "மொழி", "தமி"}, nil},
	{"আমি ৫টা বাজে", []string{"5", "৫"}, []string{"6"}},
	{"አዲስ፡አበባ።", []string{"አዲስ", "አበባ"}, []string{"ዲስ"}},

	// Accents in both directions.
	{"Cafe\u0301 naïve", []string{"cafe", "café", "CAFÉ", "naive", "nai\u0308ve"}, nil},
	{"plain cafe", []string{"café", "cafe\u0301"}, nil},

	// Symbols that belong to a word.
	{"We use C++, not Cobol", []string{"C++", "c++", "C++ use", "C++,", "cobol", "c"}, []string{"C#", "C+++", "+c"}},
	{"Cobol and Clojure compile", []string{"c"}, []string{"C++", "C#", "c+"}},
	{"C# or F#? (.NET)", []string{"C#", "f#", ".NET", "net", "(.NET)", "F#?"}, []string{"#c", ".c", "c++", "g#"}},
	{"The internet. Net profits", []string{"net"}, []string{".NET"}},
	{"ask @ada about #go-lang", []string{"@ada", "ada", "#go", "#go-lang", "go-lang", "golang"}, []string{"@go", "#ada"}},
	{"ask ada about go", []string{"ada go"}, []string{"@ada", "#go"}},
	{"node.js and foo_bar.baz", []string{"node.js", "node", "js and", "foo_bar", "bar", "foo_bar.baz", "_bar", "node.j"}, []string{"node_js", "foo-bar", "foobar", "node.baz"}},
	{"mail ada.b@mail.example.org!", []string{"ada.b@mail.example.org", "example.org", "@mail", "ada", "mail.example", "ada.b@mail.exa"}, []string{"example.com", "b@example"}},
	{"see https://www.example.org/a/b_c?x=1&y=2#top", []string{"example.org", "www.example.org/a", "https://www.example.org/a/b_c?x=1&y=2#top", "/b_c", "x=1", "y=2", "#top"}, []string{"x=2", "example.org/b"}},
	{"Version 1.2.3, v2.0", []string{"1.2.3", "1.2", "2.3", "v2.0", "2.0", "v2"}, []string{"1.3", "1.2.4", "12.3"}},
	{"€5 or 10% of $1,000.50, 20 % and 30 €", []string{"€5", "5", "10%", "10 %", "20%", "$1,000", "1,000.50", "30€", "30 €"}, []string{"€6", "5%", "$5", "£5", "1000"}},
	{"AT&T, R&D and a/b", []string{"AT&T", "r&d", "a/b", "at"}, []string{"AT&D", "b/a"}},
	{"covid-19, e-mail, state-of-the-art", []string{"covid-19", "covid19", "covid 19", "email", "e-mail", "mail", "state-of-the-art", "stateoftheart", "art", "E‑Mail"}, []string{"covid-18"}},
	{"email and co operate", []string{"e-mail"}, []string{"em-ail x"}},
	{"Jahres- und Hauptversammlung, U.S.A.", []string{"jahres", "Jahres-", "usa", "U.S.A.", "u.s.a"}, nil},
	{"B2B mp3 5kg H₂O m²", []string{"b2b", "mp3", "5kg", "5 kg", "h2o", "m2", "m²"}, []string{"b3b", "6kg"}},
	{"3½ and ¾", []string{"3½", "3 1/2", "¾", "3/4", "3"}, []string{"31/2 x"}},

	// Symbols by themselves.
	{"great 👍🏽 job 👩‍💻 🇩🇪 ❤️ 1️⃣", []string{"👍", "👍🏿", "👩‍💻", "💻", "🇩🇪", "❤", "❤️", "great 👍", "1️⃣"}, []string{"👎", "🇫🇷"}},
	{"really?! yes... :) <3 ->", []string{"?!", "?", "...", "…", ":)", "<3", "->", "really?!", "yes..."}, []string{"(", ":(", "??", "<-"}},
	{"no:) :D", []string{":)", ":D"}, []string{":P"}},
	{"plain text", []string{"plain, text", "(plain) text!", "\"plain text\"", "text - plain", "«plain»", "plain…", "plain* text"}, []string{"?", ":)", "+", "-", "👍", "plain+", "$text"}},
}

// testLanguages searches for each text among all of them.
func testLanguages(h *harness) {
	for n, s := range languages {
		h.commit(send("lobby", n+1, s.text))
	}
	check := func(s said, query string, want bool) {
		page := h.page("lobby", rules.Query{Kind: rules.QuerySearch, Words: query, Limit: protocol.PageMessagesMax})
		found := slices.ContainsFunc(page.Messages, func(m protocol.Message) bool { return m.Text == s.text })
		if found != want {
			h.Errorf("%q finds %q: %t, want %t", query, s.text, found, want)
		}
	}
	for _, s := range languages {
		for _, query := range s.found {
			check(s, query, true)
		}
		for _, query := range s.notFound {
			check(s, query, false)
		}
	}
}
