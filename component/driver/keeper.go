package driver

import (
	"context"
	"time"

	"hallway/component/client"
)

const (
	// jobsMax bounds the jobs that wait for the storage.
	jobsMax = 4096
	// storageTimeout is the time limit of a storage job, from its request. If a storage hangs, all
	// waiting jobs fail at the same time.
	storageTimeout = 5 * time.Second
	// vaultTimeout is the time limit of a vault's job, which may have to wait for the host's certificate.
	vaultTimeout = 20 * time.Second
)

// keeper carries out the jobs of the storage, or of the vault, in the order in which they were queued.
// It has its own goroutine.
type keeper struct {
	timeout time.Duration
	end     func() error // called after the last job
	post    func(client.Event)
	jobs    *queue[job]
	closing chan struct{}
	done    chan struct{} // closed after the last job and end
}

type job struct {
	deadline time.Time
	do       func(context.Context) client.Event // returns an event for the core, or nil
}

func startKeeper(timeout time.Duration, end func() error, post func(client.Event)) *keeper {
	k := &keeper{
		timeout: timeout,
		end:     end,
		post:    post,
		jobs:    newQueue[job](jobsMax),
		closing: make(chan struct{}),
		done:    make(chan struct{}),
	}
	go k.run()
	return k
}

// do queues a job, and reports false if the queue is full.
func (k *keeper) do(work func(context.Context) client.Event) bool { return k.doWithin(k.timeout, work) }

// doWithin is do with another timeout.
func (k *keeper) doWithin(timeout time.Duration, work func(context.Context) client.Event) bool {
	return k.jobs.push(job{deadline: time.Now().Add(timeout), do: work})
}

// close ends the keeper after the waiting jobs. Call it once.
func (k *keeper) close() { close(k.closing) }

func (k *keeper) run() {
	defer close(k.done)
	for {
		select {
		case <-k.jobs.ready:
			k.work()
		case <-k.closing:
			k.work()
			_ = k.end()
			return
		}
	}
}

func (k *keeper) work() {
	for _, j := range k.jobs.take() {
		ctx, cancel := context.WithDeadline(context.Background(), j.deadline)
		ev := j.do(ctx)
		cancel()
		if ev != nil {
			k.post(ev)
		}
	}
}
