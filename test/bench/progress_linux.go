package main

import (
	"fmt"
	"io"
	"time"
)

// progress reports the phases of the program: on a terminal in one changing line, elsewhere in a line for each.
type progress struct {
	to       io.Writer
	terminal bool
	begun    time.Time
}

func (p *progress) step(format string, args ...any) {
	line := fmt.Sprintf("%4.0f s  ", time.Since(p.begun).Seconds()) + fmt.Sprintf(format, args...)
	if p.terminal {
		fmt.Fprintf(p.to, "\r\033[K%s", line)
		return
	}
	fmt.Fprintln(p.to, line)
}

// done says that something has ended.
func (p *progress) done(format string, args ...any) {
	if p.terminal {
		fmt.Fprint(p.to, "\r\033[K")
	}
	fmt.Fprintf(p.to, "%4.0f s  done: %s\n", time.Since(p.begun).Seconds(), fmt.Sprintf(format, args...))
}
