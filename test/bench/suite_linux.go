package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hallway/store/sqlite"
	"hallway/test/relaytest"
)

// scale holds the sizes and durations of the benchmarks.
type scale struct {
	crowd, room, restart int // clients
	senders              int
	hostile              int // clients, beside those of a room
	publishers           []int
	hot, rooms           int           // publishers of a cluster's one room, and its other rooms
	busDown              time.Duration // how long a cluster's NATS is off
	stored               int           // messages in the store of the pages
	reads                int           // pages of each kind
	pictures, side       int           // uploads of pictures at once, and the root of their pixels
	uploads, uploadBytes int           // uploads of large files at once, and their size
	idle                 time.Duration // before the memory is read
	warm                 time.Duration // before a rate is measured
	slice                time.Duration // of one server's turn
	slices               int           // turns of each server
}

var (
	fullScale = scale{
		crowd: 10_000, room: 1_000, restart: 5_000, senders: 10, hostile: 500, publishers: []int{64, 512}, hot: 12, rooms: 64, busDown: time.Minute,
		stored: 2_000_000, reads: 2_000, pictures: 50, side: 4472, uploads: 100, uploadBytes: 25 << 20,
		idle: 12 * time.Second, warm: time.Second, slice: 3 * time.Second, slices: 3,
	}
	quickScale = scale{
		crowd: 300, room: 50, restart: 100, senders: 10, hostile: 20, publishers: []int{16}, hot: 3, rooms: 3, busDown: 2 * time.Second,
		stored: 20_000, reads: 100, pictures: 3, side: 500, uploads: 5, uploadBytes: 1 << 20,
		idle: 300 * time.Millisecond, warm: 50 * time.Millisecond, slice: 250 * time.Millisecond, slices: 1,
	}
)

// filesSpare is the number of open files kept for everything but clients.
const filesSpare = 500

// A suite runs the benchmarks and gathers their rows.
type suite struct {
	scale
	files    int    // the number that a process may open
	program  string // the relay
	self     string // this program, for the bare server
	folder   string // for databases, on a disk
	progress *progress
	rows     []row
}

// A bench is one benchmark. It adds rows to the suite.
type bench struct {
	name string
	run  func(*suite) error
}

var benches = []bench{
	{"crowd", (*suite).crowdBench},
	{"room", (*suite).roomBench},
	{"light", (*suite).lightBench},
	{"echoes", (*suite).echoesBench},
	{"restart", (*suite).restartBench},
	{"pages", (*suite).pagesBench},
	{"files", (*suite).filesBench},
	{"hostile", (*suite).hostileBench},
	{"cluster-rates", clustered((*suite).clusterRates)},
	{"cluster-light", clustered((*suite).clusterLight)},
	{"cluster-kill", clustered((*suite).clusterKill)},
	{"cluster-loss", clustered((*suite).clusterLoss)},
	{"cluster-nobus", clustered((*suite).clusterNoBus)},
}

// run runs the bench with a name, those of a group ("cluster"), or all benches for "".
func (s *suite) run(name string) error {
	ran := false
	for _, b := range benches {
		if name != "" && name != b.name && !strings.HasPrefix(b.name, name+"-") {
			continue
		}
		ran = true
		begin, before := time.Now(), len(s.rows)
		if err := b.run(s); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		for i := range s.rows[before:] {
			s.rows[before+i].Bench = b.name
		}
		s.progress.done("%-13s %s", b.name, time.Since(begin).Round(time.Second))
	}
	if !ran {
		return fmt.Errorf("%w %q", errNoBench, name)
	}
	return nil
}

func (s *suite) add(r row) { s.rows = append(s.rows, r.judge()) }

// A server is a relay or the bare server, with the load on it.
type server struct {
	*target
	name    string
	process *process
	start   func() (*process, error)
}

func (s *suite) relay(l *loop, name string) (*server, error) {
	database := filepath.Join(s.folder, name+".db")
	return s.serve(l, "relay", func(addr string) (*process, error) {
		return startProcess([]string{"HALLWAY_JWT_SECRET=" + secret},
			s.program, "serve", "--addr", addr, "--db", database,
			"--rate", "0", "--conns-per-user", "0", "--log-level", "warn")
	})
}

func (s *suite) bare(l *loop) (*server, error) {
	return s.serve(l, "bare", func(addr string) (*process, error) {
		return startProcess([]string{bareVariable + "=" + addr}, s.self)
	})
}

func (s *suite) serve(l *loop, name string, start func(addr string) (*process, error)) (*server, error) {
	addr, err := relaytest.FreeAddr()
	if err != nil {
		return nil, err
	}
	v := &server{name: name, start: func() (*process, error) { return start(addr) }}
	if v.target, err = newTarget(l, addr); err != nil {
		return nil, err
	}
	if v.process, err = v.start(); err != nil {
		return nil, err
	}
	if err := awaitReady(v.process, addr); err != nil {
		v.process.kill()
		return nil, err
	}
	return v, nil
}

// end closes the connections and ends the server.
func (v *server) end() {
	v.leave()
	v.process.kill()
}

// A span holds the work of a server in a time.
type span struct {
	deliveries, echoes int
	took               time.Duration
	busy, loadBusy     time.Duration // on a core: the server, the load
}

func (a span) plus(b span) span {
	return span{
		a.deliveries + b.deliveries, a.echoes + b.echoes, a.took + b.took, a.busy + b.busy, a.loadBusy + b.loadBusy,
	}
}

func (a span) rate() float64     { return float64(a.deliveries) / a.took.Seconds() }
func (a span) echoRate() float64 { return float64(a.echoes) / a.took.Seconds() }

// cores says how much of their cores the server and the load used.
func (a span) cores() string {
	return fmt.Sprintf("%.0f %% of its core, load %.0f %%", 100*a.busy.Seconds()/a.took.Seconds(), 100*a.loadBusy.Seconds()/a.took.Seconds())
}

// perDelivery returns the server's time on a core for one delivery, in µs.
func (a span) perDelivery() float64 {
	return float64(a.busy.Nanoseconds()) / 1e3 / float64(max(a.deliveries, 1))
}

// measure lets the load run for d, and longer on a machine so slow that no message has come back by then.
func (v *server) measure(d time.Duration) (span, error) {
	before, err := v.standing()
	if err != nil {
		return span{}, err
	}
	if err := v.runAtLeast(d, func() bool { return v.echoes > before.echoes }); err != nil {
		return span{}, err
	}
	after, err := v.standing()
	return span{
		after.deliveries - before.deliveries, after.echoes - before.echoes, after.took - before.took,
		after.busy - before.busy, after.loadBusy - before.loadBusy,
	}, err
}

// standing returns the counts so far.
func (v *server) standing() (span, error) {
	served, err := busy(v.process.cmd.Process.Pid)
	if err != nil {
		return span{}, err
	}
	loadBusy, err := busy(os.Getpid())
	return span{v.deliveries, v.echoes, time.Since(v.begun), served, loadBusy}, err
}

// pour lets the senders send in a closed loop, warms up and measures; then it stops the senders and checks everything.
func (v *server) pour(senders []*client, warm, d time.Duration) (span, error) {
	for _, c := range senders {
		c.closedLoop = true
		c.next()
	}
	if err := v.runFor(warm); err != nil {
		return span{}, err
	}
	m, err := v.measure(d)
	if err != nil {
		return m, err
	}
	return m, v.settle()
}

// inTurns measures a bare server and a relay in turns, so that both meet the same machine, and then calls report. All
// clients are in one room of each.
func (s *suite) inTurns(name, load string, measure func(*server) (span, error), report func(bare, relay *server, spans map[*server]span)) error {
	l, err := newLoop()
	if err != nil {
		return err
	}
	defer l.close()
	bare, err := s.bare(l)
	if err != nil {
		return err
	}
	defer bare.end()
	relay, err := s.relay(l, name)
	if err != nil {
		return err
	}
	defer relay.end()
	both := []*server{bare, relay}
	for _, v := range both {
		s.progress.step("%s: %d clients connect to the %s", name, s.room, v.name)
		if err := v.fill(newRoom(l, "bench"), s.room); err != nil {
			return err
		}
	}
	spans := map[*server]span{}
	for turn := range s.slices {
		for _, v := range both {
			s.progress.step("%s: %s on the %s, turn %d of %d", name, load, v.name, turn+1, s.slices)
			m, err := measure(v)
			if err != nil {
				return err
			}
			spans[v] = spans[v].plus(m)
		}
	}
	report(bare, relay, spans)
	return nil
}

// notes joins the notes about the servers.
func (v *server) notes(more string) string {
	if t := v.troubles(); t != "" {
		more += "; " + t
	}
	return more
}

// percentile sorts d and returns the value below which the part p of d is.
func percentile(d []time.Duration, p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(int(p*float64(len(d))), len(d)-1)]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// openStore opens the filled store of the pages. It keeps a store for the next run with the same schema.
func (s *suite) openStore(ctx context.Context) (*sqlite.Store, error) {
	path, err := s.storePath()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := s.fillStore(ctx, path); err != nil {
			return nil, err
		}
	}
	if err := readThrough(path); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, sqlite.Options{Path: path})
}

// readThrough reads a file into the system's cache, where it is after a relay has run for a while. Otherwise the figures depend
// on when the file was written.
func readThrough(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(io.Discard, file)
	return err
}
