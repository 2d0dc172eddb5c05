// Command shrink shows that the steps of component/build/shrink do not change the behaviour of a program. It builds
// each program twice, as the go command does and with the steps of component/build/shrink, runs both in Node, and compares:
//
//   - the tests of packages of the standard library and of ours, test by test;
//   - generated programs with loops, switches, defers, panics, goroutines and deep stacks, by their output;
//   - the time that some work takes, as a ratio (with -speed).
//
// Start with main. To compare another package, add an entry to suites. The command must not depend on how a step works.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	short := flag.Bool("short", false, "fewer packages and programs")
	programs := flag.Int("programs", 0, "`number` of generated programs; 0 for 8 with -short and 100 without")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "`seed` of the first generated program")
	speed := flag.Bool("speed", false, "measure speed as well")
	generated := flag.Bool("generated", false, "compare generated programs alone")
	own := flag.Bool("own", false, "build the compiler anew, into a folder that goes with the run")
	flag.Parse()
	if flag.NArg() > 0 || *programs < 0 {
		fmt.Fprintln(os.Stderr, "usage: go run ./test/shrink [-short] [-programs N] [-seed N] [-speed] [-generated] [-own]")
		os.Exit(2)
	}
	if *programs == 0 {
		*programs = map[bool]int{true: 8, false: 100}[*short]
	}
	if err := run(options{*short, *generated, *own, *speed}, *programs, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "shrink:", err)
		os.Exit(1)
	}
}

type options struct{ short, generated, own, speed bool }

func run(o options, programs int, seed uint64) error {
	b, err := newBuilder(o.own)
	if err != nil {
		return err
	}
	defer b.close()
	var c count
	if !o.generated {
		if err := comparePackages(b, o.short, &c); err != nil {
			return err
		}
	}
	if err := comparePrograms(b, programs, seed, &c); err != nil {
		return err
	}
	if o.speed {
		if err := compareSpeed(b, &c); err != nil {
			return err
		}
	}
	fmt.Printf("%d passed, %d failed\n", c.passed, c.failed)
	if c.failed > 0 {
		return fmt.Errorf("%d comparisons failed", c.failed)
	}
	return nil
}

// count counts comparisons by their outcome.
type count struct{ passed, failed int }

// say prints the outcome of a comparison. different describes the difference, or is empty.
func (c *count) say(name, different string) {
	if different == "" {
		c.passed++
		fmt.Println("same      ", name)
		return
	}
	c.failed++
	fmt.Printf("DIFFERENT  %s\n%s\n", name, different)
}
