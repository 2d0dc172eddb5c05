package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
)

const (
	// progressEvery is the least time between two updates of the line.
	progressEvery = 100 * time.Millisecond
	// progressCells is the width of its bar.
	progressCells = 30
)

// progress draws a line on a terminal that shows the progress of a command. Without a terminal it prints nothing.
type progress struct {
	what  string
	quiet bool
	drawn time.Time // the time of the last update; zero: no line was drawn
}

func newProgress(what string) *progress {
	return &progress{what: what, quiet: !isatty.IsTerminal(os.Stderr.Fd())}
}

// show draws the line for the finished part of a total.
func (p *progress) show(done, total int) {
	if p.quiet || total <= 0 || done < total && time.Since(p.drawn) < progressEvery {
		return
	}
	p.drawn = time.Now()
	fmt.Fprint(os.Stderr, "\r"+bar(p.what, done, total))
}

// end ends the line, if one was drawn.
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
