package view

// edit is one change of the list in the document.
type edit struct {
	op     editOp
	row    int    // the row, by its place in the wanted rows; not with editRemove
	id     string // the row
	before string // insert and move: the id of the row that it comes before; "": the end
}

type editOp uint8

const (
	editRemove editOp = iota
	editInsert
	editMove
	editUpdate
)

// diff gives the edits that turn the rows shown into the rows wanted when carried
// out in their order. Ids are unique in either. It is exact, and sparing where
// the order of the rows that stay is the same, which is nearly always.
func diff(shown, wanted []row) []edit {
	if first := goesOn(shown, wanted); first >= 0 {
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

	moved := make(map[string]bool) // away from where stay has it
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

// goesOn gives the first of the rows shown with which those wanted begin, if all after it
// are wanted in the same order and nothing but the end is new: nearly always. Else it is
// negative.
func goesOn(shown, wanted []row) (first int) {
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
				return -1 // it goes to the end
			}
		}
	}
	return first
}

// diffAhead is diff for rows of which the first are taken away, and others follow at
// the end.
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
