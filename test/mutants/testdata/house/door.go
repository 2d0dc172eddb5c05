// Package house is the code that TestAPlaceThatIsMissingIsNamed searches.
package house

type (
	Door   struct{ locked bool }
	Window struct{ locked, shut bool }
)

var hinges = map[string]int{"left": 1, left: 2}

const left = "l"

func (d *Door) open() bool { return !d.locked }

func (d *Door) close() { d.locked = true }

func (w *Window) open() bool {
	w.shut = true
	w.locked = false
	return !w.locked
}
