// Package fmt stands in for the standard fmt, with a twentieth of its size: the browser build formats only errors
// and lines for the console. It supports the verbs v, s, d, q, t, T, p and w (once) without flags and widths. It formats strings,
// numbers, booleans, errors, Stringers and slices of these types like the real package. For any other value it writes the type.
package fmt

import (
	"errors"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
)

// Stringer is a value that formats itself.
type Stringer interface{ String() string }

// Sprint formats operands with %v, with a space between two operands if neither is a string.
func Sprint(a ...any) string {
	var b strings.Builder
	for i, v := range a {
		if i > 0 && !isString(a[i-1]) && !isString(v) {
			b.WriteByte(' ')
		}
		b.WriteString(text('v', v))
	}
	return b.String()
}

func isString(v any) bool { return v != nil && reflect.TypeOf(v).Kind() == reflect.String }

// Sprintf formats operands.
func Sprintf(format string, a ...any) string {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(format, "%")
		b.WriteString(plain)
		switch {
		case !found:
			if len(a) > 0 {
				b.WriteString("%!(EXTRA)")
			}
			return b.String()
		case rest == "":
			b.WriteString("%!(NOVERB)")
			return b.String()
		case rest[0] == '%':
			b.WriteByte('%')
		case len(a) == 0:
			b.WriteString("%!" + rest[:1] + "(MISSING)")
		default:
			b.WriteString(text(rest[0], a[0]))
			a = a[1:]
		}
		format = rest[1:]
	}
}

// Fprintf formats operands and writes them to w.
func Fprintf(w io.Writer, format string, a ...any) (int, error) {
	return io.WriteString(w, Sprintf(format, a...))
}

// Printf formats operands and writes them to the console.
func Printf(format string, a ...any) (int, error) { return Fprintf(os.Stdout, format, a...) }

// Errorf returns an error. errors.Is and errors.As find the operand of its %w.
func Errorf(format string, a ...any) error {
	text := Sprintf(format, a...)
	before, _, wraps := strings.Cut(format, "%w")
	if i := strings.Count(strings.ReplaceAll(before, "%%", ""), "%"); wraps && i < len(a) {
		if err, ok := a[i].(error); ok {
			return &wrapping{text, err}
		}
	}
	return errors.New(text)
}

type wrapping struct {
	text string
	err  error
}

func (w *wrapping) Error() string { return w.text }
func (w *wrapping) Unwrap() error { return w.err }

// text formats an operand for a verb.
func text(verb byte, operand any) string {
	if operand == nil {
		if verb == 'v' || verb == 'T' {
			return "<nil>"
		}
		return "%!" + string(rune(verb)) + "(<nil>)"
	}
	v := reflect.ValueOf(operand)
	switch verb {
	case 'T':
		return v.Type().String()
	case 'p':
		return "0x" + strconv.FormatUint(uint64(v.Pointer()), 16)
	case 'q':
		return strconv.Quote(plain(v, operand))
	case 'v', 's', 'd', 't', 'w':
		return plain(v, operand)
	}
	return "%!" + string(rune(verb)) + "(" + v.Type().String() + ")"
}

func plain(v reflect.Value, operand any) string {
	switch said := operand.(type) {
	case error:
		return said.Error()
	case Stringer:
		return said.String()
	}
	switch {
	case v.Kind() == reflect.String:
		return v.String()
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	case v.Kind() == reflect.Slice:
		var list []string
		for i := range v.Len() {
			list = append(list, text('v', v.Index(i).Interface()))
		}
		return "[" + strings.Join(list, " ") + "]"
	}
	return "(" + v.Type().String() + ")"
}
