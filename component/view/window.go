package view

// The most rows in the document, and how many of them are exchanged when the
// window moves. A step must be more than anyone sees at a time, and fewer than
// all: what is seen stays in the document.
const (
	windowRows = 200
	windowStep = 100
)

// window is the part of the log that is in the document: rows lo to hi-1.
type window struct{ lo, hi int }

// windowFrom is the window of n rows that begins at row lo, or before it where too
// few follow.
func windowFrom(lo, n int) window {
	lo = max(0, min(lo, n-windowRows))
	return window{lo, min(n, lo+windowRows)}
}

// windowEnd is the window at the end of n rows.
func windowEnd(n int) window { return windowFrom(n, n) }

// windowAround is the window with row i in its middle.
func windowAround(i, n int) window { return windowFrom(i-windowRows/2, n) }

// earlier is the window a step up.
func (w window) earlier(n int) window { return windowFrom(w.lo-windowStep, n) }

// later is the window a step down.
func (w window) later(n int) window { return windowFrom(w.lo+windowStep, n) }
