package main

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// publishersPerRoom keeps rooms small, so that publishers wait for the commit and not for the broadcast.
const publishersPerRoom = 8

// echoesBench counts messages that come back durable: the echo of a message makes its publisher send the next.
func (s *suite) echoesBench() error {
	for i, n := range s.publishers {
		if err := s.echoes(n, []float64{2.5, 5}[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *suite) echoes(publishers int, target float64) error {
	l, err := newLoop()
	if err != nil {
		return err
	}
	defer l.close()
	v, err := s.relay(l, fmt.Sprintf("echoes-%d", publishers))
	if err != nil {
		return err
	}
	defer v.end()
	var r *room
	for i := range publishers {
		if i%publishersPerRoom == 0 {
			r = newRoom(l, fmt.Sprintf("bench-%d", i/publishersPerRoom))
		}
		if _, err := v.add(r); err != nil {
			return err
		}
	}
	if err := v.connect(); err != nil {
		return err
	}
	// The disk's rate varies: it is measured before each turn and after the last.
	var all span
	var raw, appended float64
	for turn := range s.slices + 1 {
		s.progress.step("echoes: the raw disk, turn %d of %d", turn+1, s.slices+1)
		rate, err := fdatasyncs(s.folder, false, s.slice/3)
		if err != nil {
			return err
		}
		raw += rate / float64(s.slices+1)
		if rate, err = fdatasyncs(s.folder, true, s.slice/6); err != nil {
			return err
		}
		appended += rate / float64(s.slices+1)
		if turn == s.slices {
			break
		}
		s.progress.step("echoes: %d publishers, turn %d of %d", publishers, turn+1, s.slices)
		m, err := v.pour(v.clients, s.warm/2, s.slice)
		if err != nil {
			return err
		}
		all = all.plus(m)
	}
	s.add(row{
		What:   fmt.Sprintf("durable echoes, %d publishers in rooms of %d", publishers, publishersPerRoom),
		Figure: all.echoRate(), Unit: "messages/s", Limit: raw, LimitWhat: "fdatasync of 8 KiB at one place",
		Target: target, OfLimit: true,
		Note: v.notes(fmt.Sprintf("fdatasync of 8 KiB appended: %s/s; relay %s", short(appended), all.cores())),
	})
	return nil
}

const (
	// restartEvery is the time between two messages while the relay is down.
	restartEvery = 50 * time.Millisecond
	// restartLimit is the longest time that the clients get to come back.
	restartLimit = 2 * time.Minute
)

// restartBench kills the relay under its clients. They come back by the protocol's backoff and catch up, while some go on
// writing.
func (s *suite) restartBench() error {
	n := min(s.restart, (s.files-filesSpare)/2) // a client and its catch-up
	l, err := newLoop()
	if err != nil {
		return err
	}
	defer l.close()
	v, err := s.relay(l, "restart")
	if err != nil {
		return err
	}
	defer func() { v.end() }()
	s.progress.step("restart: %d clients connect", n)
	r := newRoom(l, "bench")
	if err := v.fill(r, n); err != nil {
		return err
	}
	s.progress.step("restart: the relay is killed under %d clients", n)
	sending, next, senders := true, 0, v.senders(s.senders)
	l.every(restartEvery, func() bool {
		senders[next%len(senders)].next()
		next++
		return sending
	})
	if err := l.runFor(2 * time.Second); err != nil {
		return err
	}
	took, most, err := s.killAndRestart(v)
	sending = false
	if err != nil {
		return err
	}
	fetches, note := v.fetches, v.notes(fmt.Sprintf("99 %% of them after %s s; %d messages meanwhile", short(most.Seconds()), r.sent))
	if err := v.settle(); err != nil {
		return err
	}
	// A new client reads the database from the first rev on.
	s.progress.step("restart: the database is read from the first message on")
	if _, err := v.add(r); err != nil {
		return err
	}
	if err := errors.Join(v.connect(), v.settle()); err != nil {
		return err
	}
	s.add(row{
		What:   fmt.Sprintf("kill and restart under %d clients: relay ready to all live, nothing lost or doubled", n),
		Figure: took.Seconds(), Unit: "s", Target: 10, AtMost: true,
		Note: fmt.Sprintf("%s, %d pages of catch-up", note, fetches),
	})
	return nil
}

// killAndRestart returns the time from the relay's readiness to the moment when every client is live, and to the moment when
// 99 of 100 are.
//
// It starts the relay again at once, as a supervisor does. After a second the backoff alone would keep a few of thousands out
// for more than ten: they would have tried four times by then.
func (s *suite) killAndRestart(v *server) (all, most time.Duration, err error) {
	v.process.kill()
	process, err := v.start()
	if err != nil {
		return 0, 0, err
	}
	v.process = process
	var ready atomic.Int64
	failed := make(chan error, 1)
	go func() {
		if err := awaitReady(process, v.addr); err != nil {
			failed <- err
			return
		}
		ready.Store(int64(time.Since(v.begun)))
	}()
	told := 0
	err = v.run(restartLimit, func() bool {
		if most == 0 && ready.Load() > 0 && v.live >= len(v.clients)*99/100 {
			most = v.now - time.Duration(ready.Load())
		}
		if second := int(v.now.Seconds()); second != told {
			told = second
			s.progress.step("restart: %d of %d clients are live again", v.live, len(v.clients))
		}
		return len(failed) > 0 || ready.Load() > 0 && v.live == len(v.clients)
	})
	if len(failed) > 0 {
		return 0, 0, <-failed
	}
	if errors.Is(err, errTooLong) {
		return 0, 0, fmt.Errorf("%d of %d clients are live again: %w (%s)", v.live, len(v.clients), err, v.troubles())
	}
	return time.Since(v.begun) - time.Duration(ready.Load()), most, err
}
