package simulation

import "time"

// A task is something that happens at a time.
type task struct {
	at time.Duration
	n  uint64 // the order of tasks at the same time
	do func()
}

func (a *task) before(b *task) bool { return a.at < b.at || a.at == b.at && a.n < b.n }

// queue is a heap of tasks.
type queue struct {
	tasks []task
	n     uint64 // so far
}

func (q *queue) push(at time.Duration, do func()) {
	q.n++
	q.tasks = append(q.tasks, task{at, q.n, do})
	for i := len(q.tasks) - 1; i > 0; {
		parent := (i - 1) / 2
		if !q.tasks[i].before(&q.tasks[parent]) {
			break
		}
		q.tasks[i], q.tasks[parent] = q.tasks[parent], q.tasks[i]
		i = parent
	}
}

// pop removes and returns the first task; the queue must not be empty.
func (q *queue) pop() task {
	t, end := q.tasks[0], len(q.tasks)-1
	q.tasks[0], q.tasks[end] = q.tasks[end], task{}
	q.tasks = q.tasks[:end]
	for i := 0; ; {
		child := 2*i + 1
		if child >= end {
			return t
		}
		if child+1 < end && q.tasks[child+1].before(&q.tasks[child]) {
			child++
		}
		if !q.tasks[child].before(&q.tasks[i]) {
			return t
		}
		q.tasks[i], q.tasks[child] = q.tasks[child], q.tasks[i]
		i = child
	}
}
