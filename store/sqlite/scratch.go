package sqlite

import (
	"database/sql"

	"hallway/relay/rules"
)

// scratchRows limits the rows for which a scratch keeps its memory.
const scratchRows = 4096

// scratch is memory that batches use one after another. Only the current commit may use it.
type scratch struct {
	stmts []*sql.Stmt
	rooms map[string]*room
	spare []*room // from earlier batches
	grown map[int64]struct{}
	byKey map[int64]*rules.Room
	// The parameters of statements for many rows: sends to look for, plain and other messages, and heads to save.
	sends, plain, other, heads []any
}

func newScratch() scratch {
	return scratch{
		stmts: make([]*sql.Stmt, len(writes)), rooms: make(map[string]*room),
		grown: make(map[int64]struct{}), byKey: make(map[int64]*rules.Room),
	}
}

// room returns memory for a room.
func (s *scratch) room() *room {
	n := len(s.spare)
	if n == 0 {
		return &room{}
	}
	r := s.spare[n-1]
	s.spare = s.spare[:n-1]
	return r
}

// end takes back the memory of a batch.
func (s *scratch) end() {
	if max(len(s.rooms), cap(s.sends), cap(s.heads), cap(s.plain)/plainColumns, cap(s.other)/madeColumns) > scratchRows {
		*s = newScratch()
		return
	}
	for _, r := range s.rooms {
		*r = room{}
		s.spare = append(s.spare, r)
	}
	clear(s.stmts)
	clear(s.rooms)
	clear(s.grown)
	clear(s.byKey)
	for _, args := range []*[]any{&s.sends, &s.plain, &s.other, &s.heads} {
		clear((*args)[:cap(*args)])
		*args = (*args)[:0]
	}
}
