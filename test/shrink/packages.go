package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// suite is a package whose tests are compared.
type suite struct {
	path  string
	short bool   // the short run includes the suite
	skip  string // a pattern of tests that need features that the steps remove on purpose
}

var suites = []suite{
	{path: "sort", short: true},
	{path: "strings", short: true},
	{path: "context", short: true},
	{path: "encoding/json"},
	// The skipped tests read the names of functions in a trace, which the step names drops.
	{path: "reflect", skip: "TestGrow|TestSetIter|TestArrayOfPanicOnNegativeLength|TestConvertPanic|TestMethod5|TestSlice3|" +
		"TestSetLenCap|TestUnexported|TestSetPanic|TestCallPanic|TestValuePanic|TestUnaddressableField|TestClear"},
	{path: "sync", skip: "TestOnceFuncPanicTraceback"},
	{path: "errors"},
	{path: "strconv"},
	{path: "slices"},
	{path: "maps"},
	{path: "container/heap"},
	{path: "bufio"},
	{path: "hallway/test/shrink", short: true},
	{path: "hallway/protocol", short: true},
	{path: "hallway/component/client/core"},
	{path: "hallway/component/client/timeline"},
	{path: "hallway/component/view"},
	{path: "hallway/component/view/composer"},
	{path: "hallway/component/view/log"},
	{path: "hallway/component/view/text"},
	{path: "hallway/component/view/markup"},
}

// address matches an address in memory, which some tests have in their names.
var address = regexp.MustCompile(`0x[0-9a-f]+`)

var outcome = regexp.MustCompile(`(?m)^\s*--- (PASS|FAIL|SKIP): (\S+)`)

// comparePackages runs the tests of each package in both builds and compares the passed tests.
func comparePackages(b *builder, short bool, c *count) error {
	for _, s := range suites {
		if short && !s.short {
			continue
		}
		folder := filepath.Join(b.tool.Root, "src", s.path)
		if ours, found := strings.CutPrefix(s.path, "hallway/"); found {
			folder = filepath.Join(b.tool.Module, ours)
		}
		var results [2][]string
		for i, kind := range kinds {
			path, err := b.build(kind, s.path, folder, "test", "-c", ".")
			if err != nil {
				return err
			}
			args := []string{"-test.v", "-test.short"}
			if s.skip != "" {
				args = append(args, "-test.skip", s.skip)
			}
			out, err := b.run(testsMax, path, folder, args...)
			if err != nil {
				return err
			}
			results[i] = outcomes(out)
			if len(results[i]) < 2 {
				return fmt.Errorf("%s, %s: no test ran: %s", s.path, kind, out[max(0, len(out)-1000):])
			}
		}
		c.say(fmt.Sprintf("%s (%d tests)", s.path, len(results[0])-1), difference(results[0], results[1]))
	}
	return nil
}

// outcomes returns the outcome of each test and the exit code, sorted.
func outcomes(out string) []string {
	var all []string
	for _, m := range outcome.FindAllStringSubmatch(out, -1) {
		all = append(all, address.ReplaceAllString(m[2], "0x…")+" "+m[1])
	}
	slices.Sort(all)
	return append(all, out[strings.LastIndex(out, "exit code"):])
}

// difference returns the lines that only one of two lists has.
func difference(plain, small []string) string {
	var lines []string
	for _, line := range plain {
		if !slices.Contains(small, line) {
			lines = append(lines, "    plain: "+strings.TrimSpace(line))
		}
	}
	for _, line := range small {
		if !slices.Contains(plain, line) {
			lines = append(lines, "    small: "+strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}
