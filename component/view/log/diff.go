package log

import "slices"

// edit is one change of the rows in the document.
type edit struct {
	op     editOp
	row    int    // the index of the row in the wanted rows; not set for editRemove
	id     string // the id of the row
	before string // for editInsert and editMove: the id of the row after it; "": the row becomes the last
}

type editOp uint8

const (
	editRemove editOp = iota
	editInsert
	editMove
	editUpdate
)

// diff returns the edits that change the shown rows into the wanted ones. They must be carried out in order.
// Ids are unique in each list. If the remaining rows keep their order, which is nearly always, no row
// moves.
func diff(shown, wanted []row) []edit {
	var edits []edit
	stay := make([]*row, 0, len(shown)) // the remaining rows, in the order of the document
	at := 0
	for i := range shown {
		if at = placeOf(wanted, shown[i].id, at); at < 0 {
			edits = append(edits, edit{op: editRemove, id: shown[i].id})
		} else {
			stay = append(stay, &shown[i])
		}
		at++ // nearly always the next row is already in place
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

// placeOf returns the index of a row by its id, or a negative number. It searches from index from first.
func placeOf(rows []row, id string, from int) int {
	for i := range rows {
		if at := (from + i) % len(rows); rows[at].id == id {
			return at
		}
	}
	return -1
}
