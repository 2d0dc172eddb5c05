package row_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"hallway/store/row"
)

const (
	// second is the time at in a column.
	second = int64(1_000_000)
	at     = `"1970-01-01T00:00:01.000000Z"`
)

// exported has a list for each kind of row, with rows and their JSON.
var exported = []struct {
	name   string
	object func(row.Scan) ([]byte, error)
	rows   [][]any
	want   []string
}{
	{"reactions", row.Reaction, [][]any{{"lobby", "m1", "👍"}, {"hall", "m2", `"`}},
		[]string{`{"room":"lobby","id":"m1","emoji":"👍"}`, `{"room":"hall","id":"m2","emoji":"\""}`}},
	{"memberships", row.Membership, [][]any{{"lobby", "Ada", "moderator", "https://a.test/p", "Dr.", second, int64(7)}, {"hall", "Ada", "participant", "", "", second, int64(0)}},
		[]string{`{"room":"lobby","name":"Ada","role":"moderator","picture":"https://a.test/p","title":"Dr.","joined_at":` + at + `,"read":7}`,
			`{"room":"hall","name":"Ada","role":"participant","joined_at":` + at + `,"read":0}`}},
	{"sanctions", row.SanctionOfRoom, [][]any{{"lobby", "bob", "mute", second, "loud", "ada", "Ada", second}, {"hall", "bob", "ban", int64(0), "", "ada", "Ada", second}},
		[]string{`{"room":"lobby","user":{"id":"bob","name":"","role":""},"kind":"mute","until":` + at + `,"reason":"loud","by":{"id":"ada","name":"Ada"},"at":` + at + `}`,
			`{"room":"hall","user":{"id":"bob","name":"","role":""},"kind":"ban","by":{"id":"ada","name":"Ada"},"at":` + at + `}`}},
	{"reports", row.ReportOfRoom, [][]any{{"lobby", int64(3), "m1", "bob", "Bob", "rude", second, "resolved", "ada", second}},
		[]string{`{"room":"lobby","n":3,"id":"m1","by":{"id":"bob","name":"Bob"},"reason":"rude","at":` + at + `,"state":"resolved","closed_by":"ada","closed_at":` + at + `}`}},
	{"audit", row.AuditOfRoom, [][]any{{"lobby", int64(4), second, "ada", "Ada", "organizer", "mute", "bob", "m1", `{"for_s":60}`}},
		[]string{`{"room":"lobby","n":4,"at":` + at + `,"by":{"id":"ada","name":"Ada","role":"organizer"},"act":"mute","user":"bob","id":"m1","details":{"for_s":60}}`}},
	{"revoked", row.Time, [][]any{{second}}, []string{at}},
	{"ranks", row.Text, [][]any{{"organizer"}}, []string{`"organizer"`}},
	{"turns", row.TurnOfRoom, [][]any{{"lobby", `{"turn":1}`}}, []string{`{"room":"lobby","turn":1}`}},
	{"files", row.FileOfRoom, [][]any{{"lobby", "f1", "bob", "a.png", "image/png", int64(9), int64(3), int64(2), "blob", "image/webp", []byte{1}, second, int64(8)},
		{"hall", "f2", "bob", "b.txt", "text/plain", int64(1), int64(0), int64(0), "blob", "", []byte{1}, second, int64(0)}},
		[]string{`{"room":"lobby","id":"f1","name":"a.png","type":"image/png","size":9,"width":3,"height":2,"uploaded_at":` + at + `,"seq":8}`,
			`{"room":"hall","id":"f2","name":"b.txt","type":"text/plain","size":1,"uploaded_at":` + at + `}`}},
	{"devices", row.Device, [][]any{{`{"id":"d1"}`, int64(0)}, {`{"id":"d2"}`, int64(1)}}, []string{`{"id":"d1"}`, `{"id":"d2","deleted":true}`}},
}

// lists returns the lists of exported, each with its name as the query, and a function that answers the queries.
func lists() (all []row.List, query func(each func(row.Scan) error, query string) error) {
	rows := make(map[string][][]any)
	for _, e := range exported {
		all, rows[e.name] = append(all, row.List{Name: e.name, Query: e.name, Object: e.object}), e.rows
	}
	return all, func(each func(row.Scan) error, query string) error { return row.Each(&table{rows: rows[query]}, each) }
}

func TestExportWritesTheListsInOrder(t *testing.T) {
	all, query := lists()
	all = append(all, row.List{Name: "empty"})
	var got bytes.Buffer
	if err := row.Export(&got, `a"da`, all, query); err != nil || !json.Valid(got.Bytes()) {
		t.Errorf("%v: %s", err, &got)
	}
	want := `{"user":"a\"da"`
	for _, e := range exported {
		want += ",\n\"" + e.name + "\":[\n" + strings.Join(e.want, ",\n") + "]"
	}
	if want += ",\n\"empty\":[]\n}\n"; got.String() != want {
		t.Errorf("the export is\n%s\nwant\n%s", &got, want)
	}
}

func TestExportReturnsAnUnreadableRow(t *testing.T) {
	all, _ := lists()
	for _, list := range all {
		query := func(each func(row.Scan) error, _ string) error { return row.Each(&table{rows: [][]any{nil}}, each) }
		if err := row.Export(new(bytes.Buffer), "ada", []row.List{list}, query); !errors.Is(err, errScan) {
			t.Errorf("%s: %v, want %v", list.Name, err, errScan)
		}
	}
}

// full is a disk without space.
type full struct{}

var errFull = errors.New("the disk is full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestExportReturnsAFailedWrite(t *testing.T) {
	all, query := lists()
	if err := row.Export(full{}, "ada", all, query); !errors.Is(err, errFull) {
		t.Errorf("%v, want %v", err, errFull)
	}
}
