package log

// windowRows bounds the rows in the document. windowStep is how many of them the window exchanges
// when it moves: more than anyone sees at a time, and fewer than all, so that what is seen stays in
// the document.
const (
	windowRows = 200
	windowStep = 100
)

// window is the part of the log that is in the document: rows lo to hi-1.
type window struct{ lo, hi int }

// windowFrom returns the window of n rows that begins at row lo, or earlier where too few rows
// follow.
func windowFrom(lo, n int) window {
	lo = max(0, min(lo, n-windowRows))
	return window{lo, min(n, lo+windowRows)}
}

// windowEnd returns the window at the end of n rows.
func windowEnd(n int) window { return windowFrom(n, n) }

// windowAround returns the window with row i in its middle.
func windowAround(i, n int) window { return windowFrom(i-windowRows/2, n) }

// earlier returns the window a step up.
func (w window) earlier(n int) window { return windowFrom(w.lo-windowStep, n) }

// later returns the window a step down.
func (w window) later(n int) window { return windowFrom(w.lo+windowStep, n) }
