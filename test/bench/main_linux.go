package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/mattn/go-isatty"
)

// The exit codes of the command.
const (
	exitFailed = 1 // messages were lost or doubled, or nothing could be measured
	exitUsage  = 2 // it could not begin
)

var errNoBench = errors.New("no bench has the name")

func main() {
	if addr := os.Getenv(bareVariable); addr != "" {
		fmt.Fprintln(os.Stderr, serveBare(addr))
		os.Exit(exitFailed)
	}
	if order := os.Getenv(hostileVariable); order != "" {
		fmt.Fprintln(os.Stderr, serveCrowd(order))
		os.Exit(exitFailed)
	}
	if order := os.Getenv(uploadsVariable); order != "" {
		if err := serveUploads(order); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(exitFailed)
		}
		return
	}
	program := flag.String("relay", "bin/hallway", "the relay's program")
	results := flag.String("results", "test/bench/results", "the folder for the results of a full run")
	flag.Parse()

	name, quick := os.Getenv("BENCH"), os.Getenv("QUICK") != ""
	s, err := newSuite(*program)
	if err == nil && !quick {
		err = onDisk(s.folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(exitUsage)
	}
	if quick {
		s.scale = quickScale
	}
	err = s.run(name)
	_ = os.RemoveAll(s.folder)
	if len(s.rows) > 0 {
		fmt.Print("\n", table(s.rows), "\n", machine(), "\n")
	}
	if err == nil && name == "" && !quick {
		err = writeResults(*results, s.rows)
	}
	if errors.Is(err, errNoBench) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(exitUsage)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: FAILED:", err)
		os.Exit(exitFailed)
	}
}

// newSuite returns a suite, and prepares this process to be the load.
func newSuite(program string) (*suite, error) {
	s := &suite{scale: fullScale, program: program}
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("the relay is missing: %w; make build builds it", err)
	}
	var err error
	if s.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if s.files, err = openFiles(); err != nil {
		return nil, err
	}
	if err := bindLoad(); err != nil {
		return nil, err
	}
	if twoCores() {
		runtime.GOMAXPROCS(1)
	}
	debug.SetGCPercent(400) // there is enough memory, so the collector may run less often
	if s.folder, err = os.MkdirTemp("", "hallway-bench-"); err != nil {
		return nil, err
	}
	s.progress = &progress{to: os.Stderr, terminal: isatty.IsTerminal(os.Stderr.Fd()), begun: time.Now()}
	return s, nil
}
