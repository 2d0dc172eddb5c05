package view

// place is where one is in lines of things, by line and by the place in the line.
type place struct{ line, at int }

// linesTarget gives the place that a key leads to from one, in lines as wide as
// widths says. Up and down go round at the ends, as in every menu.
func linesTarget(key string, from place, widths []int, rightToLeft bool) (to place, ok bool) {
	if len(widths) == 0 {
		return from, false
	}
	if rightToLeft {
		switch key {
		case "ArrowLeft":
			key = "ArrowRight"
		case "ArrowRight":
			key = "ArrowLeft"
		}
	}
	to = from
	switch last := len(widths) - 1; key {
	case "ArrowUp":
		to.line = (from.line + last) % len(widths)
	case "ArrowDown":
		to.line = (from.line + 1) % len(widths)
	case "ArrowLeft":
		to.at--
	case "ArrowRight":
		to.at++
	case "Home":
		to = place{0, 0}
	case "End":
		to = place{last, widths[last] - 1}
	default:
		return from, false
	}
	to.at = max(0, min(to.at, widths[to.line]-1))
	return to, true
}
