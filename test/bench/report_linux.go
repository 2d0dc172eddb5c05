package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

var tableHead = []string{"what", "figure", "limit in the same run", "ratio", "target", "reached"}

func cells(r row) []string {
	return []string{r.What, r.figureText(), r.limitText(), r.ratioText(), r.targetText(), r.verdict()}
}

// table returns the rows as Markdown. It pads the cells, so that the columns are also aligned in the source.
func table(rows []row) string {
	lines := [][]string{tableHead}
	for _, r := range rows {
		lines = append(lines, cells(r))
	}
	widths := make([]int, len(tableHead))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, line := range lines {
		for i, cell := range line {
			b.WriteString("| " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)) + " ")
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, w := range widths {
				b.WriteString("| " + strings.Repeat("-", w) + " ")
			}
			b.WriteString("|\n")
		}
	}
	for _, r := range rows {
		if r.Note != "" {
			fmt.Fprintf(&b, "\n- %s: %s", r.What, r.Note)
		}
	}
	return b.String() + "\n"
}

// machine describes the machine without naming it.
func machine() string {
	var uname unix.Utsname
	kernel := "?"
	if unix.Uname(&uname) == nil {
		kernel = unix.ByteSliceToString(uname.Release[:])
		kernel, _, _ = strings.Cut(kernel, "-") // the rest names somebody's build
	}
	cores := 1
	for {
		if _, err := os.Stat(fmt.Sprintf("/sys/devices/system/cpu/cpu%d", cores)); err != nil {
			break
		}
		cores++
	}
	binding := "server and load share the one core"
	if cores > 1 {
		binding = "server on one core, load on another"
	}
	return fmt.Sprintf("%d cores (%s), %s of memory, Linux %s, %s %s; %s; %s.",
		cores, procLine("/proc/cpuinfo", "model name"), memory(), kernel,
		runtime.Version(), runtime.GOARCH, binding, time.Now().UTC().Format(time.DateOnly))
}

func memory() string {
	var kib float64
	if _, err := fmt.Sscanf(procLine("/proc/meminfo", "MemTotal"), "%f kB", &kib); err != nil {
		return "?"
	}
	return fmt.Sprintf("%.0f GiB", kib/(1<<20))
}

// procLine returns the value of the first line with a name.
func procLine(file, name string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return "?"
	}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "?"
}

const readme = `# Results of the last full run

%s

![How each figure stands to its target](results.svg)

%s
Written by ` + "`make bench`" + `. The limit is measured in the same run: *bare* is a broadcaster of one epoll loop with neither
framework nor store, for the same frames and the same clients. Every client checks while it measures that no message is
missing and none comes twice; a run in which one does has no results. Where a target is missed, [the profile](PROFILE.md) says why.
`

// writeResults writes README.md, results.json and results.svg.
func writeResults(folder string, rows []row) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(struct {
		Machine string `json:"machine"`
		Rows    []row  `json:"rows"`
	}{machine(), rows}, "", "  ")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"README.md":    fmt.Sprintf(readme, machine(), table(rows)),
		"results.json": string(data) + "\n",
		"results.svg":  plot(rows),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
