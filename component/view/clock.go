package view

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// clock writes times and numbers, and compares words, as people of a place do: the browser knows how,
// and knows the zone's past and future offsets, which Go's time does not in a
// browser. Times are in ms since the Unix epoch.
type clock struct {
	short, long, moments, days, numbers, words app.Value
	lasting                                    func(n int, unit string) string // as "10 minutes"
}

// newClock makes the clock of a language tag. Where the chat speaks another
// language than the tag's, times are in that, as the tag's region writes them.
func newClock(tag string, t *texts) clock {
	tag = hyphenated(tag)
	if primary(tag) != t.tag {
		tag = inRegion(t.tag, tag)
	}
	return clock{
		short:   intl("DateTimeFormat", tag, t.tag, map[string]any{"timeStyle": "short"}),
		long:    intl("DateTimeFormat", tag, t.tag, map[string]any{"dateStyle": "full", "timeStyle": "medium"}),
		moments: intl("DateTimeFormat", tag, t.tag, map[string]any{"dateStyle": "medium", "timeStyle": "short"}),
		days:    intl("DateTimeFormat", tag, t.tag, map[string]any{"weekday": "long", "day": "numeric", "month": "long", "year": "numeric"}),
		numbers: intl("NumberFormat", tag, t.tag, nil),
		lasting: func(n int, unit string) string {
			options := map[string]any{"style": "unit", "unit": unit, "unitDisplay": "long"}
			return intl("NumberFormat", tag, t.tag, options).Call("format", n).String()
		},
		words: intl("Collator", tag, t.tag, map[string]any{"usage": "search", "sensitivity": "base"}),
	}
}

// intl makes a formatter for a tag; where the browser does not take it for one, for
// another.
func intl(name, tag, otherwise string, options map[string]any) (format app.Value) {
	constructor := app.Window().Get("Intl").Get(name)
	defer func() {
		if recover() != nil {
			format = constructor.New(otherwise, options)
		}
	}()
	return constructor.New(tag, options)
}

func (c clock) time(at int64) string   { return c.short.Call("format", at).String() }
func (c clock) date(at int64) string   { return c.long.Call("format", at).String() }
func (c clock) moment(at int64) string { return c.moments.Call("format", at).String() }
func (c clock) day(at int64) string    { return c.days.Call("format", at).String() }
func (c clock) number(n int) string    { return c.numbers.Call("format", n).String() }

// soon is a time that is not far from now: of today, the hour alone.
func (c clock) soon(t time.Time) string {
	at := t.UnixMilli()
	if from, to := dayBoundsOf(time.Now().UnixMilli()); from <= at && at < to {
		return c.time(at)
	}
	return c.moment(at)
}

// same reports whether two words are one, but for case and accents, as the relay's
// search takes them.
func (c clock) same(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	ascii := !strings.ContainsFunc(a+b, func(r rune) bool { return r >= utf8.RuneSelf })
	return !ascii && c.words.Call("compare", a, b).Int() == 0
}

// dayBoundsOf asks the browser for the day of a time.
func dayBoundsOf(at int64) (from, to int64) {
	date := app.Window().Get("Date").New(at)
	date.Call("setHours", 0, 0, 0, 0)
	from = int64(date.Call("getTime").Float())
	date.Call("setDate", date.Call("getDate").Int()+1)
	date.Call("setHours", 0, 0, 0, 0) // a day that begins at one o'clock ends at midnight all the same
	return from, int64(date.Call("getTime").Float())
}
