package hub

import (
	"hallway/relay/guard"
	"hallway/relay/rules"
)

// writes hands ops to the store in batches, one batch at a time.
type writes struct {
	*shared
	committer Committer
	users     *users

	queue      queue      // ops that wait for the next batch
	committing []*pending // the batch that is being committed
	ops        int        // ops in queue and committing
	bytes      int        // bytes in queue and committing
}

// full reports whether the queue has no room for an op of that size from a session; nil: from no session.
func (w *writes) full(s *Session, bytes int) bool {
	return w.ops >= w.cfg.QueueOps || w.bytes+bytes > w.cfg.QueueBytes || s != nil && s.ops >= guard.SessionOpsMax
}

// enqueue puts an op into the queue.
func (w *writes) enqueue(p pending) {
	w.ops++
	w.bytes += p.bytes()
	if p.session != nil {
		p.session.ops++
	}
	w.queue.add(w.users.byID[p.op.Sender.ID], &p)
}

// flush hands over the next batch, unless one is being committed.
func (w *writes) flush() {
	if len(w.committing) > 0 || w.queue.next() == nil {
		return
	}
	w.committing = w.batch()
	ops := make([]rules.Op, len(w.committing))
	for i := range ops {
		ops[i] = w.ranks.complete(w.committing[i].op)
	}
	w.committer.Commit(ops)
}

// batch takes the next batch from the queue, at least one op. In one batch, a send of a lane never follows an op that
// changes permissions: it could overtake a send that the op has refused.
func (w *writes) batch() (batch []*pending) {
	all, rooms, ruled := 0, map[string]int{}, false
	for p := w.queue.next(); p != nil; p = w.queue.next() {
		room := p.op.Room
		switch {
		case len(batch) == guard.BatchOpsMax, len(batch) >= guard.FloodOpsMax && w.queue.flooded(),
			all >= guard.BatchBytesMax, rooms[room] >= guard.RoomBatchBytesMax,
			len(batch) > 0 && p.order > 0 && (ruled || p.apart):
			return batch
		}
		bytes := p.bytes()
		all += bytes
		rooms[room] += bytes
		ruled = ruled || p.op.SetsRules()
		batch = append(batch, p)
		w.queue.drop()
	}
	return batch
}

// ended takes the batch whose commit has ended.
func (w *writes) ended() (batch []*pending) {
	batch, w.committing = w.committing, nil
	for _, p := range batch {
		w.ops--
		w.bytes -= p.bytes()
		if p.session != nil {
			p.session.ops--
		}
		if p.block != nil {
			p.block.ended(p.order)
		}
	}
	return batch
}
