package row

import "hallway/relay/rules"

// erasePart limits the messages that one step changes, so that other ops can come between.
const erasePart = 25

// An Eraser removes one user from a database.
type Eraser struct {
	User, Pseudonym string
	// Traces reads the next messages after a position that the user has sent or reacted to, or that mention the user:
	// room, seq, and the room's name, which is null for a dropped room.
	Traces func(each func(Scan) error, room, seq int64, limit int) error
	// Out carries out ops.
	Out func(ops []rules.Op) error
}

// Run goes through all messages once. It may miss messages that the user sends meanwhile.
func (e *Eraser) Run() error {
	var room, seq int64 // the last position
	for more := true; more; {
		var ops []rules.Op
		found, last := 0, room
		err := e.Traces(func(scan Scan) error {
			var name *string
			if err := scan(&room, &seq, &name); err != nil {
				return err
			}
			found++
			if name == nil { // the room was dropped; the upkeep deletes its content
				return nil
			}
			if len(ops) == 0 || room != last {
				ops = append(ops, rules.Op{Room: *name, Do: rules.Erase{User: e.User, Pseudonym: e.Pseudonym}})
			}
			last = room
			op := &ops[len(ops)-1]
			do := op.Do.(rules.Erase)
			do.Seqs = append(do.Seqs, seq)
			op.Do = do
			return nil
		}, room, seq, erasePart)
		if err != nil {
			return err
		}
		if err := e.Out(ops); err != nil {
			return err
		}
		more = found == erasePart
	}
	return e.Out([]rules.Op{{Do: rules.Forget{User: e.User, Pseudonym: e.Pseudonym}}})
}
