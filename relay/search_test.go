package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
)

// finds waits until a search over REST finds a text.
func (p *process) finds(query, text string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !p.found(query, text); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%q does not find %q: %s", query, text, p.printed())
		}
	}
}

func (p *process) found(query, text string) bool {
	p.t.Helper()
	for _, m := range p.page("lobby", "?limit=500&q="+url.QueryEscape(query)).Messages {
		if m.Text == text {
			return true
		}
	}
	return false
}

// TestSearch looks for texts in several languages over REST, as package storetest does
// in every store.
func TestSearch(t *testing.T) {
	texts := []struct{ text, found, notFound string }{
		{"我在北京工作", "北京", "上海"},
		{"東京タワーに行きました", "たわー", "京都"},
		{"서울에서 회의가 있습니다", "서울 회의", "부산"},
		{"ผมทำงานที่กรุงเทพ", "กรุงเทพ", "เชียงใหม่"},
		{"والكتابُ في المدرسةِ", "كتاب مدرسه", "جامعة"},
		{"הַשָּׁלוֹם", "שלום", "חבר"},
		{"Straße, Œuvre, Łódź, Smørrebrød", "STRASSE oeuvre lodz smor", "strase"},
		{"Ｆｕｌｌ ﬁt", "full fit", "fool"},
		{"We use C++ and .NET", "C++ .NET", "C#"},
		{"Jahresversammlungsraum", "Versammlung", "Versammlungen"},
		{"ask @ada about 1.2.3 👍🏽", "@ada 1.2.3 👍", "👎"},
	}
	p := serve(t, "--rate", "0")
	for n, c := range texts {
		if status, _, answer := p.rest("POST", "/v1/rooms/lobby/messages", token(t, "u_1", "*"), `{"id":"`+id(n+1)+`","text":"`+c.text+`"}`); status != 201 {
			t.Fatalf("post: %d %s", status, answer)
		}
	}
	for _, c := range texts {
		p.finds(c.found, c.text)
		if p.found(c.notFound, c.text) {
			t.Errorf("%q finds %q", c.notFound, c.text)
		}
	}
	for _, query := range []string{`"`, `(`, `*`, `a* OR (`, `NEAR/2`, `"" ""`, "\u0301", "\u200b", strings.Repeat("ä-", 85), strings.Repeat("a ", 127), strings.Repeat("北", 85)} {
		if status, _, answer := p.rest("GET", "/v1/rooms/lobby/messages?q="+url.QueryEscape(query), token(t, "u_1", "*"), ""); status != 200 {
			t.Errorf("%q: %d %s", query, status, answer)
		}
	}
}

// TestSearchInEarlierDatabase takes over a database whose index of words was made by
// other rules: it is made anew, and the log and the metrics tell.
func TestSearchInEarlierDatabase(t *testing.T) {
	content, err := os.ReadFile("../store/testdata/version2.db")
	if err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(t.TempDir(), "hallway.db")
	if err := os.WriteFile(db, content, 0o600); err != nil {
		t.Fatal(err)
	}
	p := serveDB(t, db)
	text := " Grüße\n\t👩‍👩‍👧 <b>' \" \\ "
	for _, query := range []string{"grüsse", "GRUESSE", "grusse 👩‍👧"} {
		p.finds(query, text)
	}
	for deadline := time.Now().Add(patience); !strings.Contains(p.printed(), "the index of words is complete"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log does not tell: %s", p.printed())
		}
	}
	if _, _, metrics := p.rest("GET", "/metrics", "", ""); !strings.Contains(string(metrics), "\nhallway_reindex_messages 0\n") {
		t.Errorf("the metrics do not tell")
	}
	var all protocol.Page
	if all = p.page("lobby", "?q=message&limit=500"); len(all.Messages) != 31 {
		t.Errorf("%d are found", len(all.Messages))
	}
	p.stop()
	if out := succeed(t, "check", "--db", db); out != "" {
		t.Errorf("check: %s", out)
	}
}
