package hub

// headsMax bounds the rooms of one query for heads.
const headsMax = 1000

// A headQueue holds the rooms whose heads must be read, and the query under way.
type headQueue struct {
	reader  Reader
	queries uint64  // the number of queries begun
	asked   []*room // rooms whose heads are being read
	asking  bool    // a query is under way
	known   bool    // the next query reads the version of Known, even without rooms
	urgent  []*room // rooms of the next query: joins wait for them
	due     []*room // rooms of the next query or a later one
}

// check adds a room to the next query or, if that has too many, to a later one.
func (q *headQueue) check(r *room) {
	if !r.level.due {
		r.level.due = true
		q.due = append(q.due, r)
	}
}

// prioritize makes the next query read this room's head first.
func (q *headQueue) prioritize(r *room) {
	if !r.level.urgent {
		r.level.urgent = true
		q.urgent = append(q.urgent, r)
	}
}

// ask begins the next query for heads, unless one is under way. Rooms with waiting joins go first.
func (q *headQueue) ask() {
	if q.asking {
		return
	}
	next := q.queries + 1
	var names []string
	add := func(r *room) {
		if r.members == 0 || !r.open || r.level.asked == next {
			return
		}
		r.level.asked = next
		q.asked, names = append(q.asked, r), append(names, r.name)
		for i := range r.level.joins {
			if j := &r.level.joins[i]; j.query == 0 {
				j.query = next
			}
		}
	}
	for len(q.urgent) > 0 && len(names) < headsMax {
		r := take(&q.urgent)
		r.level.urgent = false
		add(r)
	}
	for len(q.due) > 0 && len(names) < headsMax {
		r := take(&q.due)
		r.level.due = false
		add(r)
	}
	if len(names) > 0 || q.known {
		q.queries, q.asking, q.known = next, true, false
		q.reader.ReadHeads(names)
	}
}

// take removes the first room of a list.
func take(list *[]*room) *room {
	r := (*list)[0]
	(*list)[0] = nil
	if *list = (*list)[1:]; len(*list) == 0 {
		*list = nil
	}
	return r
}

// answered ends the query under way. It returns the rooms of the query, and its number.
func (q *headQueue) answered() (rooms []*room, query uint64) {
	rooms = q.asked
	q.asked, q.asking = nil, false
	return rooms, q.queries
}
