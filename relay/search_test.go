package main

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/sqlite"
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

// TestSearch searches for texts in several languages over REST, as package storetest does in every store.
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

// TestReindexKilled kills relays that rebuild an index of words: each continues where the previous one stopped, new
// messages are found at once, and finally all are.
func TestReindexKilled(t *testing.T) {
	const messages = 10_000
	db := filepath.Join(t.TempDir(), "hallway.db")
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: db})
	if err != nil {
		t.Fatal(err)
	}
	var ops []rules.Op
	for n := range messages {
		ops = append(ops, rules.Op{
			Room: "lobby", Sender: protocol.User{ID: "u_1"},
			Do: rules.Send{Send: protocol.Send{Room: "lobby", ID: id(n + 1), Text: fmt.Sprintf("Jahresversammlung %d in 北京", n+1)}},
		})
	}
	if _, err := s.Commit(time.Now(), ops); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := sql.Open("sqlite3", db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.ExecContext(t.Context(), `UPDATE index_version SET version = 0`); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}

	killed := 0
	for left := int64(messages); left > 0; {
		p := serveDB(t, db)
		text := fmt.Sprintf("Hauptversammlung %d", killed)
		if status, _, answer := p.rest("POST", "/v1/rooms/lobby/messages", token(t, "u_1", "*"), `{"id":"`+id(messages+killed+1)+`","text":"`+text+`"}`); status != 201 {
			t.Fatalf("post: %d %s", status, answer)
		}
		p.finds("versammlung", text)
		now := p.reindexing()
		for deadline := time.Now().Add(patience); now > 0 && now > left-messages/4; now = p.reindexing() {
			if time.Now().After(deadline) {
				t.Fatalf("%d messages are left", now)
			}
		}
		if now > left {
			t.Errorf("%d messages are left, after %d", now, left)
		}
		left = now
		p.kill()
		killed++
	}
	if killed < 2 {
		t.Error("no relay was killed under way")
	}
	p := serveDB(t, db)
	for n := 1; n <= messages; n += 997 {
		p.finds(fmt.Sprintf("%d in", n), fmt.Sprintf("Jahresversammlung %d in 北京", n))
	}
	p.stop()
	if out := succeed(t, "check", "--db", db); out != "" {
		t.Errorf("check: %s", out)
	}
}

// reindexing returns the number of messages that the relay must still index, from its metrics.
func (p *process) reindexing() (left int64) {
	p.t.Helper()
	_, _, metrics := p.rest("GET", "/metrics", "", "")
	for line := range strings.Lines(string(metrics)) {
		if value, ok := strings.CutPrefix(line, "hallway_reindex_messages "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				p.t.Fatal(err)
			}
			return int64(n)
		}
	}
	p.t.Fatal("the metrics do not tell")
	return 0
}

// TestSearchInEarlierDatabase opens a database whose index of words was built by other rules: the relay rebuilds it,
// and the log and the metrics show that.
func TestSearchInEarlierDatabase(t *testing.T) {
	content, err := os.ReadFile("../store/sqlite/testdata/version2.db")
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
