package storetest

import (
	"fmt"
	"math"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
)

// find returns the numbers of the messages that a search finds.
func (h *harness) find(room, words string) (found []string) {
	h.Helper()
	for _, m := range h.page(room, rules.Query{Kind: rules.QuerySearch, Words: words, Limit: 50}).Messages {
		found = append(found, strings.TrimLeft(m.ID[len(m.ID)-12:], "0"))
	}
	return found
}

func testSearch(h *harness) {
	secret := send("lobby", 6, "")
	secret = with(secret, func(do *rules.Send) {
		do.Encrypted = &protocol.Encrypted{Alg: "coffee", Kid: "coffee", IV: "coffee", CT: "coffee"}
	})
	h.commit(
		send("lobby", 1, "The doors open at nine; coffee is at half past eight."),
		send("lobby", 2, "Coffee, tea & cake (door 4)"),
		send("lobby", 3, "no\ndrinks\tat the door-keeper's"),
		send("lobby", 4, "Über 3½ Straßen: ПРИВЕТ, мир"),
		send("other", 5, "coffee elsewhere"), secret)
	for words, want := range map[string][]string{
		"coffee":           {"2", "1"},
		"COFFEE":           {"2", "1"},
		"cof":              {"2", "1"},
		"door":             {"3", "2", "1"},
		"doors":            {"1"},
		"door coffee":      {"2"}, // the first is whole
		"coffee door":      {"2", "1"},
		"tea tea te":       {"2"},
		"eight doors":      {"1"},
		" (door)  \"4\" ":  {"2"},
		"keeper":           {"3"},
		"straß":            {"4"},
		"привет ми":        {"4"},
		"3½":               {"4"},
		"uber":             {"4"},
		"U\u0308BER":       {"4"},
		"coffee elsewhere": nil,
		"offee":            nil,
		"":                 nil,
		"  ?! ":            nil,
	} {
		h.equal(words, h.find("lobby", words), want)
	}
	h.equal("in no room", h.find("none", "coffee"), []string(nil))
}

func testSearchChanges(h *harness) {
	h.fill("lobby", 4)
	h.equal("before", h.find("lobby", "message"), []string{"4", "3", "2", "1"})
	h.commit(edit("lobby", 2, "changed"), remove("lobby", 3), react("lobby", 1, ada.ID, "👍", true), pin("lobby", 4, true))
	h.equal("after", h.find("lobby", "message"), []string{"4", "1"})
	h.equal("the new words", h.find("lobby", "changed"), []string{"2"})
	secret := edit("lobby", 4, "")
	secret = with(secret, func(do *rules.Edit) {
		do.Encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "i", CT: "message"}
	})
	h.commit(secret, edit("lobby", 2, "message again"), edit("lobby", 1, "one"), edit("lobby", 1, "two"))
	h.reopen()
	h.equal("after reopening", h.find("lobby", "message"), []string{"2"})
	h.equal("what was never seen", h.find("lobby", "one"), []string(nil))
	h.equal("the last of two edits", h.find("lobby", "two"), []string{"1"})
	m := h.page("lobby", rules.Query{Kind: rules.QuerySearch, Words: "two", Limit: 1}).Messages[0]
	h.equal("as stored, with Ada's own", m.Mine, []string{"👍"})
}

func testSearchPages(h *harness) {
	h.fill("other", 20)
	h.fill("lobby", 100)
	h.fill("later", 20)
	var all []protocol.Message
	for at, more := int64(0), true; more; {
		page := h.page("lobby", rules.Query{Kind: rules.QuerySearch, Words: "message", At: at, Limit: 7})
		all, more = append(all, page.Messages...), page.More
		at = all[len(all)-1].Seq
	}
	h.equal("all", len(all), 100)
	for _, at := range []int64{math.MinInt64, -1, 1, 2, 50, 101, 1 << 33, math.MaxInt64} {
		h.page("lobby", rules.Query{Kind: rules.QuerySearch, Words: "message", At: at, Limit: 3})
	}
}

// testHostileSearch searches for characters with a meaning in some search engine. The model treats them as words, or as
// nothing.
func testHostileSearch(h *harness) {
	for i, text := range []string{"plain words", "NOT near", "OR and", "text docid rowid", "a*b", "x", "_", "drop table messages"} {
		h.commit(send("lobby", i+1, text))
	}
	for _, words := range []string{
		`"`, `""`, `"plain`, `plain"`, `'`, `';DROP TABLE messages;--`, `*`, `p*`, `^plain`, `plain OR x`, `OR`, `NOT`, `-x`, `plain -words`,
		`NOT near`, `near/2 x`, `NEAR(plain words, 2)`, `text:plain`, `rowid:1`, `(`, `)`, `((plain)`, `{`, `plain + words`, `plain,words`, `\`, `%`, `_`,
		"plain\x00words", "\x00", "\xff\xfe", "plain\xffwords", "\u202eplain", "\u0301", "plain \u0301", "👍", "ﷺ", "\U0010ffff", "\ue000",
		"drop table messages", strings.Repeat("x ", 5000), strings.Repeat("x", 8192), strings.Repeat(`"`, 8192), strings.Repeat("(", 8192),
	} {
		h.page("lobby", rules.Query{Kind: rules.QuerySearch, Words: words, Limit: 5})
	}
	var many []string
	for n := range 5000 {
		many = append(many, fmt.Sprint("w", n))
	}
	h.equal("thousands of words", h.find("lobby", strings.Join(many, " ")), []string(nil))
	h.equal("all is still there", h.find("lobby", "plain"), []string{"1"})
}
