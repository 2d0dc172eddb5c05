package driver

import (
	"context"
	"time"

	"hallway/component/client"
)

const (
	// jobsMax is how many jobs may wait for the storage.
	jobsMax = 4096
	// storageTimeout is how long after it was asked for a job may end; a storage
	// that hangs so fails everything that waits for it at the same time.
	storageTimeout = 5 * time.Second
)

// keeper does the storage's work in the order in which it was asked for.
type keeper struct {
	storage Storage
	post    func(client.Event)
	jobs    *queue[job]
	closing chan struct{}
	done    chan struct{} // closed: all is done and the storage closed
}

type job struct {
	deadline time.Time
	do       func(context.Context, Storage) client.Event // nil: there is nothing to tell
}

func startKeeper(s Storage, post func(client.Event)) *keeper {
	k := &keeper{
		storage: s,
		post:    post,
		jobs:    newQueue[job](jobsMax),
		closing: make(chan struct{}),
		done:    make(chan struct{}),
	}
	go k.run()
	return k
}

// do queues a job and reports whether there was room for it.
func (k *keeper) do(work func(context.Context, Storage) client.Event) bool {
	return k.jobs.push(job{deadline: time.Now().Add(storageTimeout), do: work})
}

// close lets the keeper end after the jobs that wait. To be called once.
func (k *keeper) close() { close(k.closing) }

func (k *keeper) run() {
	defer close(k.done)
	for {
		select {
		case <-k.jobs.ready:
			k.work()
		case <-k.closing:
			k.work()
			_ = k.storage.Close()
			return
		}
	}
}

func (k *keeper) work() {
	for _, j := range k.jobs.take() {
		ctx, cancel := context.WithDeadline(context.Background(), j.deadline)
		ev := j.do(ctx, k.storage)
		cancel()
		if ev != nil {
			k.post(ev)
		}
	}
}
