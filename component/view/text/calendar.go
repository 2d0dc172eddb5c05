package text

import "slices"

// calendarDaysMax bounds what a calendar remembers.
const calendarDaysMax = 1024

// Calendar tells days apart by the place's own time, which only the browser knows
// (Go has no zones there): it is asked once a day.
type Calendar struct {
	// bounds gives the day of a time: from its beginning to the next one's, all in ms
	// since the Unix epoch.
	Bounds func(at int64) (from, to int64)
	known  []dayBounds // ascending
}

type dayBounds struct{ from, to int64 }

// DayOf gives the beginning of the day of a time.
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
	c.known = slices.Insert(c.known, i, day)
	return day.from
}
