package log

import "slices"

// edit is one change of the rows in the document.
type edit struct {
	op     editOp
	row    int    // the place of the row among the wanted ones; not set for editRemove
	id     string // of the row
	before string // for editInsert and editMove: the id of the row after it; "": it comes to the end
}

type editOp uint8

const (
	editRemove editOp = iota
	editInsert
	editMove
	editUpdate
)

// diff returns the edits that, carried out in their order, turn the rows shown into those wanted.
// Ids are unique in each list. Where the rows that stay keep their order, which is nearly always, no
// row moves.
func diff(shown, wanted []row) []edit {
	var edits []edit
	stay := make([]*row, 0, len(shown)) // the rows still to be met, in the order of the document
	at := 0
	for i := range shown {
		if at = placeOf(wanted, shown[i].id, at); at < 0 {
			edits = append(edits, edit{op: editRemove, id: shown[i].id})
		} else {
			stay = append(stay, &shown[i])
		}
		at++ // nearly always the next row is the next one there
	}
	for i := range wanted {
		id, next := wanted[i].id, ""
		if len(stay) > 0 {
			next = stay[0].id
		}
		was := slices.IndexFunc(stay, func(r *row) bool { return r.id == id })
		switch {
		case was < 0:
			edits = append(edits, edit{op: editInsert, row: i, id: id, before: next})
			continue
		case was > 0:
			edits = append(edits, edit{op: editMove, row: i, id: id, before: next})
		}
		if *stay[was] != wanted[i] {
			edits = append(edits, edit{op: editUpdate, row: i, id: id})
		}
		copy(stay[1:was+1], stay)
		stay = stay[1:]
	}
	return edits
}

// placeOf returns the place of a row by its id, or a negative number. It looks first from a place on.
func placeOf(rows []row, id string, from int) int {
	for i := range rows {
		if at := (from + i) % len(rows); rows[at].id == id {
			return at
		}
	}
	return -1
}
