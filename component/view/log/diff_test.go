package log

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hallway/component/client"
)

// applyTo carries out edits on a list, like rowList in the document.
func applyTo(t interface{ Fatalf(string, ...any) }, shown []row, edits []edit, wanted []row) []row {
	list := slices.Clone(shown)
	find := func(id string) int {
		i := slices.IndexFunc(list, func(r row) bool { return r.id == id })
		if i < 0 {
			t.Fatalf("%q is not in the document", id)
		}
		return i
	}
	insert := func(r row, before string) {
		at := len(list)
		if before != "" {
			at = find(before)
		}
		list = slices.Insert(list, at, r)
	}
	for _, e := range edits {
		switch e.op {
		case editRemove:
			i := find(e.id)
			list = slices.Delete(list, i, i+1)
		case editInsert:
			insert(wanted[e.row], e.before)
		case editMove:
			i := find(e.id)
			r := list[i]
			list = slices.Delete(list, i, i+1)
			insert(r, e.before)
		case editUpdate:
			list[find(e.id)] = wanted[e.row]
		}
	}
	return list
}

func rowsOf(ids ...string) []row {
	rows := make([]row, len(ids))
	for i, id := range ids {
		rows[i] = row{id: id, state: client.ItemSent}
	}
	return rows
}

func TestDiffTouchesOnlyWhatChanged(t *testing.T) {
	failed := rowsOf("a", "b", "c")
	failed[1].state = client.ItemFailed
	for _, tc := range []struct {
		name          string
		shown, wanted []row
		want          []edit
	}{
		{"nothing", rowsOf("a", "b"), rowsOf("a", "b"), nil},
		{"first rows", nil, rowsOf("a", "b"), []edit{
			{op: editInsert, row: 0, id: "a"},
			{op: editInsert, row: 1, id: "b"},
		}},
		{"one at the end", rowsOf("a", "b"), rowsOf("a", "b", "c"), []edit{{op: editInsert, row: 2, id: "c"}}},
		{"a page before", rowsOf("c"), rowsOf("a", "b", "c"), []edit{
			{op: editInsert, row: 0, id: "a", before: "c"},
			{op: editInsert, row: 1, id: "b", before: "c"},
		}},
		{"the window moves", rowsOf("a", "b", "c"), rowsOf("b", "c", "d"), []edit{
			{op: editRemove, id: "a"},
			{op: editInsert, row: 2, id: "d"},
		}},
		{"a state", rowsOf("a", "b", "c"), failed, []edit{{op: editUpdate, row: 1, id: "b"}}},
		{"another's message comes before one's own", rowsOf("a", "own"), rowsOf("a", "b", "own"), []edit{
			{op: editInsert, row: 1, id: "b", before: "own"},
		}},
		{"a retried one goes to the end", rowsOf("x", "y"), rowsOf("y", "x"), []edit{
			{op: editMove, row: 0, id: "y", before: "x"},
		}},
		{"the first goes to the end, and one more comes", rowsOf("x", "y"), rowsOf("y", "x", "z"), []edit{
			{op: editMove, row: 0, id: "y", before: "x"},
			{op: editInsert, row: 2, id: "z"},
		}},
		{"another room", rowsOf("a"), rowsOf("b"), []edit{
			{op: editRemove, id: "a"},
			{op: editInsert, row: 0, id: "b"},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := diff(tc.shown, tc.wanted)
			if !slices.Equal(got, tc.want) {
				t.Errorf("diff = %+v, want %+v", got, tc.want)
			}
			if list := applyTo(t, tc.shown, got, tc.wanted); !slices.Equal(list, tc.wanted) {
				t.Errorf("the document then has %+v, want %+v", list, tc.wanted)
			}
		})
	}
}

func TestDiffIsExact(t *testing.T) {
	rows := rapid.Custom(func(t *rapid.T) []row {
		ids := rapid.SliceOfNDistinct(rapid.IntRange(0, 19), 0, 20, rapid.ID).Draw(t, "ids")
		rows := make([]row, len(ids))
		for i, id := range ids {
			rows[i] = row{id: string(rune('a' + id)), seq: int64(rapid.IntRange(0, 1).Draw(t, "seq"))}
		}
		return rows
	})
	rapid.Check(t, func(t *rapid.T) {
		shown, wanted := rows.Draw(t, "shown"), rows.Draw(t, "wanted")
		if got := applyTo(t, shown, diff(shown, wanted), wanted); !slices.Equal(got, wanted) {
			t.Fatalf("the document has %+v, want %+v", got, wanted)
		}
	})
}
