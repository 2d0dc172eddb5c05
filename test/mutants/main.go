// Command mutants tests the checks: it plants known faults, one at a time, and shows that the simulation, the core's
// scripts, the hub's tests or the store's suite notices each. It does not change the sources: it writes the changed file to a
// temporary folder, and the go command gets it by -overlay.
//
// A fault names its place; the type mutant says how, and where to add a fault. If a place is missing or ambiguous,
// or the changed code does not compile, the program fails, so that no fault is skipped silently. The main type is mutant. The
// command must not know how a check works.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// workers is the number of faults that are tried at the same time.
const workers = 2

// tryMax bounds the time of one check of one fault.
const tryMax = 20 * time.Minute

func main() {
	only := flag.String("only", "", "plant only the faults whose name contains this")
	seeds := flag.String("seeds", "2500", "how many seeds of the simulation to try on each")
	flag.Parse()
	for _, c := range []check{inSimulation, inCluster, inSealed, inSealedCluster} {
		c.run[1] = *seeds
	}
	if err := run(*only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(only string) error {
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	if only == "" {
		if err := baseline(dir); err != nil {
			return err
		}
	}
	var planted []mutant
	for _, m := range mutants {
		if strings.Contains(m.name, only) {
			planted = append(planted, m)
		}
	}
	caught, err := tryAll(dir, planted)
	fmt.Printf("%d planted, %d caught\n", len(planted), caught)
	if err == nil && caught < len(planted) {
		err = errors.New("a fault that no check notices is a hole in the checks")
	}
	return err
}

// baseline shows that every check passes without a fault.
func baseline(dir string) error {
	seen := make(map[string]bool)
	for _, c := range allChecks() {
		if seen[c.name] {
			continue
		}
		seen[c.name] = true
		began := time.Now()
		why, err := c.notices(filepath.Join(dir, "baseline"), "")
		if err != nil {
			return err
		}
		if why != "" {
			return fmt.Errorf("%s fails without any fault: %s", c.name, why)
		}
		fmt.Printf("%-34s passes without a fault, %.0f s\n", c.name, time.Since(began).Seconds())
	}
	return nil
}

// allChecks returns the checks of all faults; a check may be in it several times.
func allChecks() (all []check) {
	for _, m := range mutants {
		all = append(all, m.checks...)
	}
	return all
}

// tryAll plants each fault and returns the number of noticed ones.
func tryAll(dir string, planted []mutant) (caught int, err error) {
	var mu sync.Mutex // of the results and the output
	var wait sync.WaitGroup
	next := make(chan int)
	for range workers {
		wait.Go(func() {
			for i := range next {
				began := time.Now()
				why, failed := planted[i].try(filepath.Join(dir, fmt.Sprint(i)))
				mu.Lock()
				switch {
				case failed != nil:
					err = errors.Join(err, fmt.Errorf("%s: %w", planted[i].name, failed))
				case why == "":
					fmt.Printf("%-34s NOT CAUGHT, %.0f s\n", planted[i].name, time.Since(began).Seconds())
				default:
					caught++
					fmt.Printf("%-34s caught, %.0f s: %s\n", planted[i].name, time.Since(began).Seconds(), why)
				}
				mu.Unlock()
			}
		})
	}
	for i := range planted {
		next <- i
	}
	close(next)
	wait.Wait()
	return caught, err
}

// try plants the fault and returns the check that noticed it and the check's output; "" means that no check did.
func (m *mutant) try(dir string) (why string, err error) {
	overlay, err := m.overlay(dir)
	if err != nil {
		return "", err
	}
	for _, c := range m.checks {
		if why, err = c.notices(dir, overlay); why != "" || err != nil {
			return c.name + ": " + why, err
		}
	}
	return "", nil
}

// overlay writes the changed file, and the file for -overlay that names it.
func (m *mutant) overlay(dir string) (overlay string, err error) {
	file, changed, err := m.plant()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	beside := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(beside, changed, 0o600); err != nil {
		return "", err
	}
	original, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(map[string]any{"Replace": map[string]string{original: beside}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, data, 0o600)
}

// A check builds a program with the overlay and runs it. It notices the fault if the program fails.
type check struct {
	name  string
	build []string // arguments of go; the program's path and the overlay are added
	run   []string // arguments of the program
	in    string   // the folder to run it in
	says  *regexp.Regexp
}

// notices returns the failure of the check, or "" if it passes.
func (c check) notices(dir, overlay string) (why string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	program := filepath.Join(dir, "check")
	args := append([]string{c.build[0], "-o", program}, c.build[1:]...)
	if overlay != "" {
		args = append([]string{c.build[0], "-overlay", overlay}, args[1:]...)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	cmd := exec.Command(program, c.run...)
	cmd.Dir = c.in
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "RAPID_NOFAILFILE=1", "RAPID_SHRINKTIME=100ms")
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return "", err
	}
	late := time.AfterFunc(tryMax, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	if cmd.Wait() == nil {
		return "", nil
	}
	if found := c.says.Find(out.Bytes()); found != nil {
		return shorten(string(found)), nil
	}
	return "it ends with an error", nil
}

// shorten cuts a line to a readable length.
func shorten(line string) string {
	const most = 110
	line = strings.Join(strings.Fields(line), " ")
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + " …"
	}
	return line
}
