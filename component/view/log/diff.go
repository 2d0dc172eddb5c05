package log

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
	if first := continues(shown, wanted); first >= 0 {
		return diffAhead(shown, wanted, first)
	}
	var edits []edit
	isWanted := make(map[string]bool, len(wanted))
	for i := range wanted {
		isWanted[wanted[i].id] = true
	}
	present := make(map[string]*row, len(shown))
	stay := make([]string, 0, len(shown)) // the ids in the document, in their order
	for i := range shown {
		id := shown[i].id
		if !isWanted[id] {
			edits = append(edits, edit{op: editRemove, id: id})
			continue
		}
		present[id] = &shown[i]
		stay = append(stay, id)
	}

	moved := make(map[string]bool) // rows that are no longer at their place in stay
	for i := range wanted {
		id := wanted[i].id
		for len(stay) > 0 && moved[stay[0]] {
			stay = stay[1:]
		}
		next := ""
		if len(stay) > 0 {
			next = stay[0]
		}
		was, ok := present[id]
		switch {
		case !ok:
			edits = append(edits, edit{op: editInsert, row: i, id: id, before: next})
			continue
		case next == id:
			stay = stay[1:]
		default:
			moved[id] = true
			edits = append(edits, edit{op: editMove, row: i, id: id, before: next})
		}
		if *was != wanted[i] {
			edits = append(edits, edit{op: editUpdate, row: i, id: id})
		}
	}
	return edits
}

// continues returns the place of the shown row with which the wanted ones begin, if all rows after it
// are wanted in the same order and only rows at the end are new, which is nearly always. Otherwise
// it returns a negative number.
func continues(shown, wanted []row) (first int) {
	if len(shown) == 0 || len(wanted) == 0 {
		return -1
	}
	for shown[first].id != wanted[0].id {
		if first++; first == len(shown) {
			return -1
		}
	}
	stay := shown[first:]
	if len(stay) > len(wanted) {
		return -1
	}
	for i := range stay {
		if stay[i].id != wanted[i].id {
			return -1
		}
	}
	for i := range shown[:first] {
		for j := range wanted[len(stay):] {
			if shown[i].id == wanted[len(stay)+j].id {
				return -1 // this row moves to the end
			}
		}
	}
	return first
}

// diffAhead is diff for rows of which the first ones go, and others follow at the end.
func diffAhead(shown, wanted []row, first int) []edit {
	var edits []edit
	for i := range first {
		edits = append(edits, edit{op: editRemove, id: shown[i].id})
	}
	for i := range wanted {
		switch at := first + i; {
		case at >= len(shown):
			edits = append(edits, edit{op: editInsert, row: i, id: wanted[i].id})
		case shown[at] != wanted[i]:
			edits = append(edits, edit{op: editUpdate, row: i, id: wanted[i].id})
		}
	}
	return edits
}
