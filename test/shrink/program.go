package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// functionsPerProgram is the number of random functions in a program. A function calls only later ones, so that all calls end.
const functionsPerProgram = 12

// comparePrograms generates programs, runs each natively and small in Node, and compares what they print.
func comparePrograms(b *builder, programs int, seed uint64, c *count) error {
	for i := range programs {
		seed := seed + uint64(i)
		folder := filepath.Join(b.dir, fmt.Sprintf("program%d", seed))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		for name, text := range map[string]string{"main.go": generate(seed), "go.mod": "module program\n\ngo 1.26\n"} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				return err
			}
		}
		native, err := runNative(folder)
		if err != nil {
			return err
		}
		path, err := b.build("small", fmt.Sprint("program", seed), folder, "build", ".")
		if err != nil {
			return err
		}
		small, err := b.run(programMax, path, folder)
		if err != nil {
			return err
		}
		different := ""
		if native != small {
			different = fmt.Sprintf("    native: %s\n    small: %s\n    again: go run ./test/shrink -programs 1 -seed %d", firstDifference(native, small), firstDifference(small, native), seed)
		}
		c.say(fmt.Sprintf("program of seed %d", seed), different)
	}
	return nil
}

func runNative(folder string) (string, error) {
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("a generated program does not run: %w: %s", err, out)
	}
	return string(out) + "exit code 0\n", nil
}

// firstDifference returns the first line at which two texts differ.
func firstDifference(text, other string) string {
	others := strings.Split(other, "\n")
	for i, line := range strings.Split(text, "\n") {
		if i >= len(others) || others[i] != line {
			return fmt.Sprintf("line %d: %.200s", i+1, line)
		}
	}
	return "(ends before)"
}

// generate returns the source of a random program. It prints a line for each function and each panic.
func generate(seed uint64) string {
	g := &generator{rand: rand.New(rand.NewPCG(seed, 1))}
	g.text.WriteString(preamble)
	for i := range functionsPerProgram {
		g.function(i)
	}
	return g.text.String()
}

// preamble is the source of the functions that random functions call. Each call costs fuel, so that every loop ends.
const preamble = `package main

import (
	"fmt"
	"runtime"
	"sync"
)

type node struct {
	next  *node
	value int
	data  []int
}

var fuel = 200_000

func burn() bool {
	fuel--
	return fuel > 0
}

func main() {
	for i, f := range []func(int, int, *node) int{f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11} {
		fuel = 20_000
		n := &node{value: i, data: []int{1, 2, 3}}
		fmt.Println("f", i, guard(func() int { return f(i, 7-i, n) }), n.value, len(n.data))
	}
}

// guard runs f and turns a panic into a number.
func guard(f func() int) (result int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("panic:", r)
			result = -1
		}
	}()
	return f()
}

// deep calls itself, so that the stack grows.
func deep(n, a int) int {
	var space [64]int
	for i := range space {
		space[i] = a + i
	}
	if n <= 0 {
		return space[a&63]
	}
	return deep(n-1, a) + space[n&63]
}

// spread works in goroutines and waits for them.
func spread(a int) int {
	var wait sync.WaitGroup
	results := make(chan int, 4)
	for i := range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			runtime.Gosched()
			results <- deep(i*3, a)
		}()
	}
	wait.Wait()
	close(results)
	sum := 0
	for r := range results {
		sum += r
	}
	return sum
}
`

// generator writes random functions.
type generator struct {
	rand    *rand.Rand
	text    strings.Builder
	index   int // the number of the function
	depth   int
	loops   int // the number of loops around the statement
	labels  int
	closure bool // the statement is in a function without a result
}

func (g *generator) line(format string, args ...any) {
	fmt.Fprintf(&g.text, "%s%s\n", strings.Repeat("\t", g.depth), fmt.Sprintf(format, args...))
}

func (g *generator) pick(choices ...string) string { return choices[g.rand.IntN(len(choices))] }

func (g *generator) function(index int) {
	g.index, g.depth, g.loops = index, 0, 0
	g.line("\nfunc f%d(a, b int, n *node) (c int) {", index)
	g.depth++
	if g.rand.IntN(3) == 0 {
		g.line("defer func() { c += %d; n.value++ }()", g.rand.IntN(9))
	}
	if g.rand.IntN(4) == 0 {
		g.line("defer func() {")
		g.line("\tif r := recover(); r != nil {")
		g.line("\t\tc += a*%d + 1", g.rand.IntN(9))
		g.line("\t}")
		g.line("}()")
	}
	g.block(3 + g.rand.IntN(5))
	g.line("return c + a - b")
	g.depth--
	g.line("}")
}

func (g *generator) block(statements int) {
	for range statements {
		g.statement()
	}
}

// inner writes statements one level deeper. Deeper levels get fewer statements.
func (g *generator) inner() {
	g.depth++
	g.block(1 + g.rand.IntN(max(1, 5-g.depth)))
	g.depth--
}

func (g *generator) statement() {
	if g.depth > 5 {
		g.simple()
		return
	}
	switch g.rand.IntN(12) {
	case 0, 1:
		g.line("if %s {", g.condition())
		g.inner()
		if g.rand.IntN(2) == 0 {
			g.line("} else if %s {", g.condition())
			g.inner()
			g.line("} else {")
			g.inner()
		}
		g.line("}")
	case 2, 3:
		g.loop()
	case 4:
		g.line("switch (a + %d) & 7 {", g.rand.IntN(8))
		for i, at := range g.rand.Perm(8)[:2+g.rand.IntN(6)] {
			g.line("case %d:", at)
			g.inner()
			if i == 0 && g.rand.IntN(2) == 0 {
				g.line("\tfallthrough")
			}
		}
		g.line("default:")
		g.inner()
		g.line("}")
	case 5:
		g.line("func() {")
		g.line("\tdefer func() {")
		g.line("\t\tif r := recover(); r != nil { c += %d }", g.rand.IntN(99))
		g.line("\t}()")
		loops, closure := g.loops, g.closure
		g.loops, g.closure = 0, true
		g.depth++
		g.block(2)
		g.line("%s", g.pick("panic(c)", "n.next.value = 1", "n.data[a&15] = b", "c /= b & 3", "_ = any(a).(string)", "c++"))
		g.depth--
		g.loops, g.closure = loops, closure
		g.line("}()")
	default:
		g.simple()
	}
}

func (g *generator) loop() {
	label := ""
	if g.rand.IntN(3) == 0 {
		g.labels++
		label = fmt.Sprintf("l%d_%d", g.index, g.labels)
		g.line("%s:", label)
	}
	i := fmt.Sprintf("i%d", g.depth)
	g.line("%s", g.pick(
		fmt.Sprintf("for %s := 0; %s < (a&7)+%d && burn(); %s++ {", i, i, g.rand.IntN(5), i),
		fmt.Sprintf("for %s := range (b & 7) + %d {", i, g.rand.IntN(4)),
		fmt.Sprintf("for %s, at := 0, n; at != nil && burn() && %s < 9; %s, at = %s+1, at.next {", i, i, i, i)))
	g.line("\tc += %s", i)
	g.line("\tif !burn() { break }")
	g.loops++
	g.inner()
	if label != "" {
		g.line("\tif c&%d == 0 { %s %s }", 1+g.rand.IntN(15), g.pick("break", "continue"), label)
	}
	g.loops--
	g.line("}")
}

func (g *generator) condition() string {
	return g.pick("a < b", "a&3 == 1", "c > 10", "n != nil && n.value&1 == 0", "n.next == nil", "a > 3 && b < 5 || c&1 == 0", "len(n.data) > 4", "!burn()")
}

// simple writes a statement without a block.
func (g *generator) simple() {
	choices := []string{
		"a, b = b+1, a", "c = c*3 + a", "a ^= c & 15", "n.value += a", "n.data = append(n.data, c)", "n = &node{next: n, value: b}",
		"c += deep(a&31, b)", "b++", "c += len(fmt.Sprint(a, n.value))", "runtime.Gosched()", "n.data = make([]int, (a&7)+1)",
		"c += guard(func() int { return n.next.next.value })", "c &= 0xffff",
	}
	if g.rand.IntN(20) == 0 {
		choices = append(choices, "runtime.GC()", "c += spread(a & 15)", "a += n.next.value", "c += n.data[b&7]")
	}
	if g.loops > 0 && g.rand.IntN(4) == 0 {
		result := map[bool]string{true: "return", false: "return c"}[g.closure]
		g.line("if c&%d == 0 { %s }", 1+g.rand.IntN(7), g.pick("break", "continue", result))
		return
	}
	if later := functionsPerProgram - g.index - 1; later > 0 && g.rand.IntN(5) == 0 {
		g.line("if burn() { c += f%d(b, a, n) }", g.index+1+g.rand.IntN(later))
		return
	}
	g.line("%s", g.pick(choices...))
}
