package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
)

const (
	// progressEvery is how often the line is drawn anew.
	progressEvery = 100 * time.Millisecond
	// progressCells are in its bar.
	progressCells = 30
)

// progress is a line on a terminal that says how far a command is. Elsewhere it
// says nothing.
type progress struct {
	what  string
	quiet bool
	drawn time.Time // zero: there is no line
}

func newProgress(what string) *progress {
	return &progress{what: what, quiet: !isatty.IsTerminal(os.Stderr.Fd())}
}

// show takes how much of how much is done.
func (p *progress) show(done, total int) {
	if p.quiet || total <= 0 || done < total && time.Since(p.drawn) < progressEvery {
		return
	}
	p.drawn = time.Now()
	fmt.Fprint(os.Stderr, "\r"+bar(p.what, done, total))
}

// end begins a new line, where there is one.
func (p *progress) end() {
	if !p.drawn.IsZero() {
		fmt.Fprintln(os.Stderr)
		p.drawn = time.Time{}
	}
}

func bar(what string, done, total int) string {
	full := progressCells * done / total
	return fmt.Sprintf("[%s%s] %3d %% %s %d/%d", strings.Repeat("#", full), strings.Repeat(" ", progressCells-full), 100*done/total, what, done, total)
}
