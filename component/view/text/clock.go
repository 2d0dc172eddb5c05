package text

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Clock formats times and numbers, and compares words, by the customs of a region. It asks the browser, which
// also knows the offsets of the zone; Go does not know them in a browser. Times are in ms since the Unix
// epoch.
type Clock struct {
	short, long, moments, days, numbers, words app.Value
	// Lasting formats a duration, for example as "10 minutes".
	Lasting func(n int, unit string) string
	// Bytes formats the size of a file, for example as "1.2 MB".
	Bytes func(n int64) string
}

// NewClock returns the clock for a language tag. If the chat lacks the tag's language, times are in the chat's
// language, in the format of the tag's region.
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

// intl returns a formatter for a tag or, if the browser refuses that, for another tag.
func intl(name, tag, otherwise string, options map[string]any) (format app.Value) {
	constructor := app.Window().Get("Intl").Get(name)
	defer func() {
		if recover() != nil {
			format = constructor.New(otherwise, options)
		}
	}()
	return constructor.New(tag, options)
}

// Time formats the time of day.
func (c Clock) Time(at int64) string { return c.short.Call("format", at).String() }

// Date formats a date and time in full.
func (c Clock) Date(at int64) string { return c.long.Call("format", at).String() }

// Moment formats a date and time in short.
func (c Clock) Moment(at int64) string { return c.moments.Call("format", at).String() }

// Day formats the day of a time.
func (c Clock) Day(at int64) string { return c.days.Call("format", at).String() }

// sizeOf returns a number of bytes in a suitable unit, named as in Intl.NumberFormat.
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

// soon formats a near time: a time of today without its date.
func (c Clock) soon(t time.Time) string {
	at := t.UnixMilli()
	if from, to := DayBoundsOf(time.Now().UnixMilli()); from <= at && at < to {
		return c.Time(at)
	}
	return c.Moment(at)
}

// same reports whether two words differ only in case and accents, like the relay's search.
func (c Clock) same(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	ascii := !strings.ContainsFunc(a+b, func(r rune) bool { return r >= utf8.RuneSelf })
	return !ascii && c.words.Call("compare", a, b).Int() == 0
}

// DayBoundsOf asks the browser for the beginning of the day that contains a time, and of the next day.
func DayBoundsOf(at int64) (from, to int64) {
	date := app.Window().Get("Date").New(at)
	date.Call("setHours", 0, 0, 0, 0)
	from = int64(date.Call("getTime").Float())
	date.Call("setDate", date.Call("getDate").Int()+1)
	date.Call("setHours", 0, 0, 0, 0) // the next day begins at midnight even if this one begins at one o'clock
	return from, int64(date.Call("getTime").Float())
}
