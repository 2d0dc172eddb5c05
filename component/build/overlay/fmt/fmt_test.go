package fmt_test

import (
	"context"
	"errors"
	std "fmt"
	"io/fs"
	"testing"
	"time"

	"hallway/component/build/overlay/fmt"
)

type level int8

func (l level) String() string { return "level" }

func TestAgreesWithTheRealOne(t *testing.T) {
	pointer := new(int)
	for _, c := range []struct {
		format string
		a      []any
	}{
		{"plain", nil},
		{"100%% of %s", []any{"it"}},
		{"%v %v %v %v", []any{1, "a", true, -2.5}},
		{"%d bytes, %d", []any{len("abc"), uint8(7)}},
		{"%s %q: %s", []any{"parse", "a\"b\n", errors.New("no")}},
		{"%v and %v", []any{level(1), time.Second}},
		{"%v %v", []any{[]string{"a", "b"}, []int(nil)}},
		{"/%T/%p/%p", []any{pointer, pointer, std.Sprint}},
		{"%T %T", []any{nil, level(2)}},
		{"%v %s", []any{nil, nil}},
		{"%t", []any{false}},
		{"missing %s", nil},
		{"trailing %", nil},
	} {
		if got, want := fmt.Sprintf(c.format, c.a...), std.Sprintf(c.format, c.a...); got != want {
			t.Errorf("%q: %q, the real one %q", c.format, got, want)
		}
		if got, want := fmt.Sprint(c.a...), std.Sprint(c.a...); got != want && c.format[0] != '/' {
			t.Errorf("Sprint(%v): %q, the real one %q", c.a, got, want)
		}
	}
}

func TestErrorfWraps(t *testing.T) {
	one := fmt.Errorf("100%% of %s: %w", "it", fs.ErrNotExist)
	if one.Error() != "100% of it: file does not exist" || !errors.Is(one, fs.ErrNotExist) {
		t.Errorf("%v wraps %v", one, errors.Unwrap(one))
	}
	two := fmt.Errorf("%s, %w", "100%", one)
	if two.Error() != "100%, 100% of it: file does not exist" || !errors.Is(two, fs.ErrNotExist) {
		t.Errorf("%v does not wrap", two)
	}
	//nolint:errorlint // what v does is looked at
	if none := fmt.Errorf("%v", context.Canceled); errors.Is(none, context.Canceled) {
		t.Error("v wraps")
	}
}
