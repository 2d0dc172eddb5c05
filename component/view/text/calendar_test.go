package text

import "testing"

func TestCalendarAsksOnceADay(t *testing.T) {
	asked := 0
	c := Calendar{Bounds: func(at int64) (int64, int64) { asked++; return utcDays(at) }}
	const day = 24 * 60 * 60 * 1000
	for _, at := range []int64{5 * day, 3 * day, 6*day - 1, 4 * day, 3*day + 7, 5 * day} {
		if got := c.DayOf(at); got != at/day*day {
			t.Errorf("the day of %d is %d", at, got)
		}
	}
	if asked != 3 {
		t.Errorf("asked %d times for 3 days", asked)
	}
	for i := range int64(3 * calendarDaysMax) {
		if got := c.DayOf(i * day); got != i*day {
			t.Fatalf("day %d begins at %d", i, got)
		}
	}
	if len(c.known) > calendarDaysMax {
		t.Errorf("the calendar has %d days", len(c.known))
	}
}

// utcDays returns the days of UTC.
func utcDays(at int64) (from, to int64) {
	const day = 24 * 60 * 60 * 1000
	from = at / day * day
	return from, from + day
}
