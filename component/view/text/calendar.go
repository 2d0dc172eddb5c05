package text

import "slices"

// calendarDaysMax bounds the cached days.
const calendarDaysMax = 1024

// Calendar finds the day of a time in the device's zone. Only the browser knows that zone, and the calendar
// asks it once for each day.
type Calendar struct {
	// Bounds returns the beginning of the day that contains a time, and of the next day, in ms since the Unix
	// epoch.
	Bounds func(at int64) (from, to int64)
	known  []dayBounds // ascending
}

type dayBounds struct{ from, to int64 }

// DayOf returns the beginning of the day that contains a time.
func (c *Calendar) DayOf(at int64) int64 {
	i, found := slices.BinarySearchFunc(c.known, at, func(d dayBounds, at int64) int {
		switch {
		case at < d.from:
			return 1
		case at >= d.to:
			return -1
		}
		return 0
	})
	if found {
		return c.known[i].from
	}
	var day dayBounds
	day.from, day.to = c.Bounds(at)
	if len(c.known) == calendarDaysMax {
		c.known, i = c.known[:0], 0
	}
	c.known = append(c.known, day)
	copy(c.known[i+1:], c.known[i:])
	c.known[i] = day
	return day.from
}
