package row_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"hallway/relay/rules"
	"hallway/store/row"
)

var errScan = errors.New("the database is damaged")

// table is a result in memory: rows with values for each column, and an error at the end.
type table struct {
	rows [][]any
	at   int
	err  error
}

func (r *table) Next() bool { r.at++; return r.at <= len(r.rows) }
func (r *table) Err() error { return r.err }

// Scan copies the values of the row, and returns errScan for a row without values.
func (r *table) Scan(into ...any) error {
	values := r.rows[r.at-1]
	if len(values) != len(into) {
		return errScan
	}
	for i, value := range values {
		reflect.ValueOf(into[i]).Elem().Set(reflect.ValueOf(value))
	}
	return nil
}

func TestEachReadsAListInOrder(t *testing.T) {
	var got []string
	err := row.Each(&table{rows: [][]any{{"b"}, {"a"}, {"c"}}}, row.Into(&got, row.Value[string]))
	if want := []string{"b", "a", "c"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestEachStopsAtAnError(t *testing.T) {
	errEnd := errors.New("the connection ended")
	for _, c := range []struct {
		rows  [][]any
		calls int
		want  error
	}{
		{[][]any{{"a"}, {"b"}}, 2, errEnd},
		{[][]any{{"a"}, nil, {"b"}}, 2, errScan},
		{nil, 0, errEnd},
	} {
		calls := 0
		err := row.Each(&table{rows: c.rows, err: errEnd}, func(scan row.Scan) error {
			calls++
			return row.Into(new([]string), row.Value[string])(scan)
		})
		if !errors.Is(err, c.want) || calls != c.calls {
			t.Errorf("%q: %v after %d calls, want %v after %d", c.rows, err, calls, c.want, c.calls)
		}
	}
}

func TestBehindReadsTheColumnsBeforeFirst(t *testing.T) {
	var room, user string
	var n int64
	err := row.Each(&table{rows: [][]any{{"lobby", int64(7), "ada"}}}, func(scan row.Scan) error {
		return row.Behind(scan, &room, &n)(&user)
	})
	if err != nil || room != "lobby" || n != 7 || user != "ada" {
		t.Errorf("room %q, n %d, user %q, %v", room, n, user, err)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	rows := slices.Repeat([][]any{{""}, {"two\n  words"}}, row.FindingsMax+1)
	var found []string
	add := func(finding string) { found = append(found, finding) }
	err := row.Each(&table{rows: rows}, row.Findings(add, row.Value[string]))
	if want := slices.Repeat([]string{"two words"}, row.FindingsMax); err != nil || !slices.Equal(found, want) {
		t.Errorf("%q, %v", found, err)
	}
	if err := row.Each(&table{rows: [][]any{nil}}, row.Findings(add, row.Value[string])); !errors.Is(err, errScan) {
		t.Errorf("%v, want %v", err, errScan)
	}
}

// TestEraserGoesInSteps gives the eraser more messages than a step takes, in two rooms and in a dropped one.
func TestEraserGoesInSteps(t *testing.T) {
	var messages [][]any
	for seq := range int64(23) {
		messages = append(messages, []any{int64(1), seq + 1, new("lobby")})
	}
	messages = append(messages, []any{int64(2), int64(1), (*string)(nil)}, []any{int64(3), int64(4), new("hall")}, []any{int64(3), int64(9), new("hall")})
	var got [][]rules.Op
	e := row.Eraser{User: "bob", Pseudonym: "erased-1", Out: func(ops []rules.Op) error { got = append(got, ops); return nil }}
	e.Traces = func(each func(row.Scan) error, room, seq int64, limit int) error {
		rest := slices.DeleteFunc(slices.Clone(messages), func(m []any) bool {
			return m[0].(int64) < room || m[0].(int64) == room && m[1].(int64) <= seq
		})
		return row.Each(&table{rows: rest[:min(limit, len(rest))]}, each)
	}
	erase := func(room string, seqs ...int64) rules.Op {
		return rules.Op{Room: room, Do: rules.Erase{User: "bob", Pseudonym: "erased-1", Seqs: seqs}}
	}
	lobby := erase("lobby", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
	want := [][]rules.Op{{lobby, erase("hall", 4)}, {erase("hall", 9)}, {{Do: rules.Forget{User: "bob", Pseudonym: "erased-1"}}}}
	if err := e.Run(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}

	messages[24] = nil
	got = nil
	e.Traces = func(each func(row.Scan) error, _, _ int64, _ int) error {
		return row.Each(&table{rows: messages}, each)
	}
	if err := e.Run(); !errors.Is(err, errScan) || got != nil {
		t.Errorf("%v after %+v, want %v and no change", err, got, errScan)
	}
}
