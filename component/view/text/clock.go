package text

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Clock writes times and numbers, and compares words, as a region does. The browser knows how, and
// knows the zone's past and future offsets, which Go does not in a browser. Times are in ms since the
// Unix epoch.
type Clock struct {
	short, long, moments, days, numbers, words app.Value
	// Lasting writes a length of time, as "10 minutes".
	Lasting func(n int, unit string) string
	// Bytes writes the size of a file, as "1.2 MB".
	Bytes func(n int64) string
}

// NewClock returns the clock of a language tag. Where the chat speaks another language than the tag's,
// times are in the chat's language, as the tag's region writes them.
func NewClock(tag string, t *Texts) Clock {
	tag = hyphenated(tag)
	if primary(tag) != t.Tag {
		tag = inRegion(t.Tag, tag)
	}
	return Clock{
		short:   intl("DateTimeFormat", tag, t.Tag, map[string]any{"timeStyle": "short"}),
		long:    intl("DateTimeFormat", tag, t.Tag, map[string]any{"dateStyle": "full", "timeStyle": "medium"}),
		moments: intl("DateTimeFormat", tag, t.Tag, map[string]any{"dateStyle": "medium", "timeStyle": "short"}),
		days:    intl("DateTimeFormat", tag, t.Tag, map[string]any{"weekday": "long", "day": "numeric", "month": "long", "year": "numeric"}),
		numbers: intl("NumberFormat", tag, t.Tag, nil),
		Lasting: func(n int, unit string) string {
			options := map[string]any{"style": "unit", "unit": unit, "unitDisplay": "long"}
			return intl("NumberFormat", tag, t.Tag, options).Call("format", n).String()
		},
		Bytes: func(n int64) string {
			size, unit := sizeOf(n)
			options := map[string]any{"style": "unit", "unit": unit, "unitDisplay": "short", "maximumFractionDigits": 1}
			return intl("NumberFormat", tag, t.Tag, options).Call("format", size).String()
		},
		words: intl("Collator", tag, t.Tag, map[string]any{"usage": "search", "sensitivity": "base"}),
	}
}

// intl returns a formatter for a tag or, where the browser refuses it, for another one.
func intl(name, tag, otherwise string, options map[string]any) (format app.Value) {
	constructor := app.Window().Get("Intl").Get(name)
	defer func() {
		if recover() != nil {
			format = constructor.New(otherwise, options)
		}
	}()
	return constructor.New(tag, options)
}

// Time writes the time of day.
func (c Clock) Time(at int64) string { return c.short.Call("format", at).String() }

// Date writes a date and time in full.
func (c Clock) Date(at int64) string { return c.long.Call("format", at).String() }

// Moment writes a date and time in short.
func (c Clock) Moment(at int64) string { return c.moments.Call("format", at).String() }

// Day writes the day of a time.
func (c Clock) Day(at int64) string { return c.days.Call("format", at).String() }

// sizeOf returns a number of bytes in the unit that people read best, as Intl.NumberFormat names it.
func sizeOf(bytes int64) (size float64, unit string) {
	size = float64(bytes)
	for _, unit = range [...]string{"byte", "kilobyte", "megabyte"} {
		if size < 1000 {
			return size, unit
		}
		size /= 1000
	}
	return size, "gigabyte"
}

func (c Clock) number(n int) string { return c.numbers.Call("format", n).String() }

// soon writes a time that is near: a time of today without its date.
func (c Clock) soon(t time.Time) string {
	at := t.UnixMilli()
	if from, to := DayBoundsOf(time.Now().UnixMilli()); from <= at && at < to {
		return c.Time(at)
	}
	return c.Moment(at)
}

// same reports whether two words differ in case and accents alone, as for the relay's search.
func (c Clock) same(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	ascii := !strings.ContainsFunc(a+b, func(r rune) bool { return r >= utf8.RuneSelf })
	return !ascii && c.words.Call("compare", a, b).Int() == 0
}

// DayBoundsOf asks the browser for the beginning of the day of a time, and of the next day.
func DayBoundsOf(at int64) (from, to int64) {
	date := app.Window().Get("Date").New(at)
	date.Call("setHours", 0, 0, 0, 0)
	from = int64(date.Call("getTime").Float())
	date.Call("setDate", date.Call("getDate").Int()+1)
	date.Call("setHours", 0, 0, 0, 0) // a day that begins at one o'clock ends at midnight all the same
	return from, int64(date.Call("getTime").Float())
}
