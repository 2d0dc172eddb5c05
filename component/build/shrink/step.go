package shrink

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Step is one way to make the module smaller.
type Step struct {
	Name string
	What string // the effect in a few words
	// Saves is the number of KB that the step saves in addition to all other steps, compressed by brotli and measured with
	// go1.26.8.
	Saves int
}

// Steps holds all steps in the order in which they work: on the toolchain's sources, on its compiler, and on the linked module.
var Steps = []Step{
	{"tracer", "the runtime's execution tracer is off at build time", 16},
	{"debug", "the runtime prints nothing about its garbage collector and its scheduler", 10},
	{"strconv", "numbers with a fraction are read without tables", 16},
	{"time", "times are RFC 3339 only", 12},
	{"methods", "reflect makes no functions of methods", 10},
	{"findfunc", "functions are found by their number, not in tables", 31},
	{"jumps", "the compiler lays out jumps forward as branches", 38},
	{"unwinding", "the compiler returns where the stack unwinds", 22},
	{"addresses", "the compiler makes return addresses of two parts", 37},
	{"equality", "structs and arrays are compared by one function", 8},
	{"operands", "an address in the frame is an operand, and a condition has 32 bits", 12},
	{"barriers", "a write barrier keeps the local variables", 16},
	{"hashes", "the hash of a type has 16 bits", 6},
	{"lines", "the module names no lines and files of sources", 60},
	{"funcdata", "the module describes no inlined code and no arguments", 23},
	{"names", "the module names functions of other packages by their package", 29},
	{"segments", "the module's memory is written as few segments", 29},
}

// Set holds the names of the enabled steps.
type Set map[string]bool

// All returns the set of all steps.
func All() Set {
	on := Set{}
	for _, step := range Steps {
		on[step.Name] = true
	}
	return on
}

// Without returns the set of all steps except those in a list of names, separated by commas.
func Without(list string) (Set, error) {
	on := All()
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !slices.ContainsFunc(Steps, func(s Step) bool { return s.Name == name }) {
			return nil, fmt.Errorf("there is no step %q", name)
		}
		delete(on, name)
	}
	return on, nil
}

// Draft returns the set without the steps that need a patched compiler, which takes a minute to build.
func (on Set) Draft() Set {
	draft := maps.Clone(on)
	for step := range compilerSteps {
		delete(draft, step)
	}
	return draft
}
