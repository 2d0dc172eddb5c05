package nats

import "sync"

// queue holds items until one goroutine takes them, bounded in bytes. A full queue refuses items. It has two lanes: the
// items of the first are taken before those of the second.
type queue[T any] struct {
	bytesMax int // of each lane

	mu     sync.Mutex
	lanes  [2]lane[T]
	closed bool
	ready  sync.Cond // signalled when an item was added, or the queue was closed
}

type lane[T any] struct {
	items []sized[T]
	next  int // the index of the first item
	bytes int
}

type sized[T any] struct {
	item  T
	bytes int
}

func newQueue[T any](bytesMax int) *queue[T] {
	q := &queue[T]{bytesMax: bytesMax}
	q.ready.L = &q.mu
	return q
}

// put adds an item to a lane. It returns false if the lane is full or the queue closed.
func (q *queue[T]) put(which int, item T, bytes int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := &q.lanes[which]
	if q.closed || l.bytes+bytes > q.bytesMax {
		return false
	}
	if l.next > 0 && len(l.items) == cap(l.items) { // move the items to the front instead of growing
		n := copy(l.items, l.items[l.next:])
		clear(l.items[n:])
		l.items, l.next = l.items[:n], 0
	}
	l.items = append(l.items, sized[T]{item, bytes})
	l.bytes += bytes
	q.ready.Signal()
	return true
}

// take waits for an item and removes it; ok is false once the queue is closed and empty.
func (q *queue[T]) take() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for i := range q.lanes {
			l := &q.lanes[i]
			if l.next == len(l.items) {
				continue
			}
			first := l.items[l.next]
			l.items[l.next] = sized[T]{}
			l.next++
			l.bytes -= first.bytes
			if l.next == len(l.items) {
				l.items, l.next = l.items[:0], 0
			}
			return first.item, true
		}
		if q.closed {
			return item, false
		}
		q.ready.Wait()
	}
}

// idle reports whether a lane has no items.
func (q *queue[T]) idle(which int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := &q.lanes[which]
	return l.next == len(l.items)
}

// close closes the queue: it accepts no more items.
func (q *queue[T]) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.ready.Broadcast()
}
