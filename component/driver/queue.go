package driver

import "sync"

// queue is a bounded queue whose producers never wait.
type queue[T any] struct {
	ready chan struct{} // has a value while the queue may be non-empty

	mu    sync.Mutex
	items []T
	max   int
}

func newQueue[T any](limit int) *queue[T] {
	return &queue[T]{ready: make(chan struct{}, 1), max: limit}
}

// push appends v, and reports false if the queue is full.
func (q *queue[T]) push(v T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) >= q.max {
		return false
	}
	q.items = append(q.items, v)
	select {
	case q.ready <- struct{}{}:
	default:
	}
	return true
}

// take empties the queue and returns its values.
func (q *queue[T]) take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}
