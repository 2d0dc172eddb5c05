package text

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Clock writes times and numbers, and compares words, as people of a place do: the browser knows how,
// and knows the zone's past and future offsets, which Go's time does not in a
// browser. Times are in ms since the Unix epoch.
type Clock struct {
	short, long, moments, days, numbers, words app.Value
	Lasting                                    func(n int, unit string) string // as "10 minutes"
}

// NewClock makes the clock of a language tag. Where the chat speaks another
// language than the tag's, times are in that, as the tag's region writes them.
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
		words: intl("Collator", tag, t.Tag, map[string]any{"usage": "search", "sensitivity": "base"}),
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

func (c Clock) Time(at int64) string   { return c.short.Call("format", at).String() }
func (c Clock) Date(at int64) string   { return c.long.Call("format", at).String() }
func (c Clock) Moment(at int64) string { return c.moments.Call("format", at).String() }
func (c Clock) Day(at int64) string    { return c.days.Call("format", at).String() }
func (c Clock) number(n int) string    { return c.numbers.Call("format", n).String() }

// soon is a time that is not far from now: of today, the hour alone.
func (c Clock) soon(t time.Time) string {
	at := t.UnixMilli()
	if from, to := DayBoundsOf(time.Now().UnixMilli()); from <= at && at < to {
		return c.Time(at)
	}
	return c.Moment(at)
}

// same reports whether two words are one, but for case and accents, as the relay's
// search takes them.
func (c Clock) same(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	ascii := !strings.ContainsFunc(a+b, func(r rune) bool { return r >= utf8.RuneSelf })
	return !ascii && c.words.Call("compare", a, b).Int() == 0
}

// DayBoundsOf asks the browser for the day of a time.
func DayBoundsOf(at int64) (from, to int64) {
	date := app.Window().Get("Date").New(at)
	date.Call("setHours", 0, 0, 0, 0)
	from = int64(date.Call("getTime").Float())
	date.Call("setDate", date.Call("getDate").Int()+1)
	date.Call("setHours", 0, 0, 0, 0) // a day that begins at one o'clock ends at midnight all the same
	return from, int64(date.Call("getTime").Float())
}
