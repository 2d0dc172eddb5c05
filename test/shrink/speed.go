package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// turns is the number of measurements of each kind. The kinds take turns, and the fastest run of each counts: other work on the machine
// only makes a run slower.
const turns = 5

// slowerMax is the largest allowed ratio of the times, small to plain.
const slowerMax = 1.03

// compareSpeed measures the work of speedProgram in both kinds and compares the times.
func compareSpeed(b *builder, c *count) error {
	folder := filepath.Join(b.dir, "speed")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{"main.go": speedProgram, "go.mod": "module program\n\ngo 1.26\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	var paths [2]string
	for i, kind := range kinds {
		path, err := b.build(kind, "speed", folder, "build", ".")
		if err != nil {
			return err
		}
		paths[i] = path
	}
	times := map[string]*[2]float64{}
	for range turns {
		for i, path := range paths {
			out, err := b.run(testsMax, path, folder)
			if err != nil {
				return err
			}
			for line := range strings.Lines(out) {
				name, value, found := strings.Cut(strings.TrimSpace(line), ": ")
				ms, err := strconv.ParseFloat(value, 64)
				if !found || err != nil {
					continue
				}
				if times[name] == nil {
					times[name] = new([2]float64)
				}
				if t := &times[name][i]; *t == 0 || ms < *t {
					*t = ms
				}
			}
		}
	}
	var names []string
	for name := range times {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t := times[name]
		different := ""
		if t[1] > t[0]*slowerMax {
			different = fmt.Sprintf("    more than %.2f", slowerMax)
		}
		c.say(fmt.Sprintf("speed of %s: %.1f ms plain, %.1f ms small, %.2f ×", name, t[0], t[1], t[1]/t[0]), different)
	}
	return nil
}

// speedProgram is a program that prints the milliseconds of several kinds of work.
const speedProgram = `package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

type message struct {
	ID    string         ` + "`json:\"id\"`" + `
	Seq   int            ` + "`json:\"seq\"`" + `
	Text  string         ` + "`json:\"text\"`" + `
	Tags  []string       ` + "`json:\"tags\"`" + `
	Marks map[string]int ` + "`json:\"marks\"`" + `
}

func messages(n int) []message {
	list := make([]message, n)
	for i := range list {
		list[i] = message{fmt.Sprint("id-", i*7919%n), i, strings.Repeat("text ", i%9), []string{"a", "b"}, map[string]int{"x": i, "y": 2}}
	}
	return list
}

func measure(name string, work func()) {
	work()
	start := time.Now()
	work()
	fmt.Printf("%s: %.3f\n", name, float64(time.Since(start).Microseconds())/1000)
}

func main() {
	list := messages(2000)
	encoded, _ := json.Marshal(list)
	measure("JSON encoding", func() { json.Marshal(list) })
	measure("JSON decoding", func() {
		var back []message
		if err := json.Unmarshal(encoded, &back); err != nil {
			panic(err)
		}
	})
	measure("sorting", func() {
		for range 10 {
			s := slices.Clone(list)
			sort.Slice(s, func(i, j int) bool { return s[i].ID < s[j].ID })
		}
	})
	measure("appending", func() {
		for range 50 {
			var s []message
			for _, m := range list {
				s = append(s, m)
			}
		}
	})
	measure("maps and strings", func() {
		for range 10 {
			m := map[string]int{}
			for _, v := range list {
				m[v.ID+v.Text]++
			}
		}
	})
	measure("channels", func() {
		c := make(chan int)
		go func() {
			for i := range 20000 {
				c <- i
			}
			close(c)
		}()
		for range c {
		}
	})
}
`
