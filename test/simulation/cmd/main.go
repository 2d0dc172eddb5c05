// Command cmd runs seeds of the simulation for `make sim`, or replays one with a trace. Start with main; a new flag belongs there. The
// command must not know what a seed does.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"hallway/test/simulation"
)

// failuresMax bounds the printed failures; the command only counts the others.
const failuresMax = 20

// memoryBytes is about the memory that all running worlds need together.
const memoryBytes = 512 << 20

func main() {
	seeds := flag.Uint64("seeds", 20_000, "how many seeds to run")
	first := flag.Bool("first", false, "run the regressions before, and stop at the first failure")
	from := flag.Int64("from", -1, fmt.Sprintf("the first seed; from %d on several relays run, from %d on rooms are encrypted, from %d on both (default: 0, and as many from each)",
		simulation.ClusterSeeds, simulation.SealedSeeds, simulation.SealedClusterSeeds))
	seed := flag.String("seed", "", "replay this one, with a trace")
	flag.Parse()
	if *seed != "" {
		os.Exit(replay(*seed))
	}
	if *first {
		for _, r := range simulation.Regressions {
			if err := simulation.Run(r.Seed, nil); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
	}
	if *from >= 0 {
		os.Exit(run(uint64(*from), *seeds, *first))
	}
	code := 0
	for _, part := range []struct {
		of   string
		from uint64
	}{
		{"one relay", 0},
		{"several relays", simulation.ClusterSeeds},
		{"encrypted rooms", simulation.SealedSeeds},
		{"encrypted rooms, one relay or several", simulation.SealedClusterSeeds},
	} {
		if code == 0 || !*first {
			fmt.Println(part.of + ":")
			code = max(code, run(part.from, *seeds, *first))
		}
	}
	os.Exit(code)
}

// replay runs one seed with a trace.
func replay(text string) int {
	var seed uint64
	if _, err := fmt.Sscan(text, &seed); err != nil {
		fmt.Fprintf(os.Stderr, "%q: a seed is a whole number\n", text)
		return 2
	}
	out := bufio.NewWriter(os.Stdout)
	err := simulation.Run(seed, out)
	_ = out.Flush()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("1 seed, 0 failures")
	return 0
}

// run runs seeds on all processors.
func run(from, seeds uint64, first bool) int {
	// The worlds are short and small, so the collector runs only when this memory is full.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryBytes)
	var next, done, failures atomic.Uint64
	var workers sync.WaitGroup
	var mu sync.Mutex // of the output
	began := time.Now()
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := next.Add(1); n <= seeds && !(first && failures.Load() > 0); n = next.Add(1) {
				if err := simulation.Run(from+n-1, nil); err != nil && failures.Add(1) <= failuresMax {
					mu.Lock()
					fmt.Printf("\r%v\n", err)
					mu.Unlock()
				}
				if d := done.Add(1); d%500 == 0 {
					mu.Lock()
					fmt.Printf("\r%d of %d seeds, %d failures, %.0f s", d, seeds, failures.Load(), time.Since(began).Seconds())
					mu.Unlock()
				}
			}
		})
	}
	workers.Wait()
	fmt.Printf("\r%d seeds, %d failures, %.0f s          \n", done.Load(), failures.Load(), time.Since(began).Seconds())
	if failures.Load() > 0 {
		return 1
	}
	return 0
}
