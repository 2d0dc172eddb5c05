package json

import (
	"errors"
	"reflect"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// nestingMax bounds how deep a value may be.
const nestingMax = 1000

var errSyntax = errors.New("json: not JSON")

// Unmarshal reads data into the value that v points to. It ignores members without a field; null leaves a field as it is.
func Unmarshal(data []byte, v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return errors.New("json: not a pointer to read into")
	}
	r := reader{data: data}
	if err := r.skip(0); err != nil { // nothing is written if not all can be read
		return err
	}
	if r.space(); r.at < len(data) {
		return errSyntax
	}
	r.at = 0
	return r.value(target.Elem())
}

// reader goes through a text.
type reader struct {
	data []byte
	at   int
}

// space skips white space.
func (r *reader) space() {
	for r.at < len(r.data) && (r.data[r.at] == ' ' || r.data[r.at] == '\n' || r.data[r.at] == '\t' || r.data[r.at] == '\r') {
		r.at++
	}
}

// next is the next letter, 0 at the end.
func (r *reader) next() byte {
	if r.space(); r.at < len(r.data) {
		return r.data[r.at]
	}
	return 0
}

// take goes past a letter, if it is the next.
func (r *reader) take(letter byte) bool {
	if r.next() != letter {
		return false
	}
	r.at++
	return true
}

// value reads the value here into v. The text has been checked to be JSON.
func (r *reader) value(v reflect.Value) error {
	start := r.next()
	if raw, ok := v.Addr().Interface().(*RawMessage); ok {
		from := r.at
		if err := r.skip(0); err != nil {
			return err
		}
		return raw.UnmarshalJSON(r.data[from:r.at])
	}
	kind := v.Kind()
	switch {
	case start == 'n':
		return r.skip(0)
	case start == '{' && kind == reflect.Struct:
		return r.object(v)
	case start == '[' && kind == reflect.Slice:
		return r.array(v)
	case start == '"' && kind == reflect.String:
		text, err := r.text()
		v.SetString(text)
		return err
	case (start == 't' || start == 'f') && kind == reflect.Bool:
		v.SetBool(start == 't')
		return r.skip(0)
	case (start == '-' || start >= '0' && start <= '9') && v.CanInt():
		from := r.at
		if err := r.skip(0); err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(r.data[from:r.at]), 10, v.Type().Bits())
		v.SetInt(n)
		return err
	}
	return unknown(v)
}

func (r *reader) object(v reflect.Value) error {
	return r.members(func(name string) error {
		for i := range v.NumField() {
			if known, _ := nameOf(v.Type().Field(i)); known == name && known != "" {
				return r.value(v.Field(i))
			}
		}
		return r.skip(0)
	})
}

func (r *reader) array(v reflect.Value) error {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	return r.elements(func() error {
		element := reflect.New(v.Type().Elem()).Elem()
		err := r.value(element)
		v.Set(reflect.Append(v, element))
		return err
	})
}

// skip goes past one value, seeing that it is one.
func (r *reader) skip(depth int) error {
	switch start := r.next(); {
	case depth > nestingMax:
		return errors.New("json: nested too deep")
	case start == '{':
		return r.members(func(string) error { return r.skip(depth + 1) })
	case start == '[':
		return r.elements(func() error { return r.skip(depth + 1) })
	case start == '"':
		_, err := r.text()
		return err
	}
	from := r.at
	for r.at < len(r.data) && wordLetter(r.data[r.at]) {
		r.at++
	}
	switch word := string(r.data[from:r.at]); word {
	case "null", "true", "false":
		return nil
	default:
		return number(word)
	}
}

func wordLetter(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '+' || b == '.' || b == 'E'
}

// number says whether a word is a number of JSON, which is narrower than Go's: digits, a fraction, an exponent.
func number(word string) error {
	digits := func() (n int) {
		for n < len(word) && word[n] >= '0' && word[n] <= '9' {
			n++
		}
		word = word[n:]
		return n
	}
	take := func(letters string) bool {
		for i := range len(letters) {
			if word != "" && word[0] == letters[i] {
				word = word[1:]
				return true
			}
		}
		return false
	}
	take("-")
	if !take("0") && digits() == 0 || take(".") && digits() == 0 {
		return errSyntax
	}
	if take("eE") {
		take("+-")
		if digits() == 0 {
			return errSyntax
		}
	}
	if word != "" {
		return errSyntax
	}
	return nil
}

func (r *reader) members(each func(name string) error) error {
	return r.list('{', '}', func() error {
		if r.next() != '"' {
			return errSyntax
		}
		name, err := r.text()
		if err != nil || !r.take(':') {
			return errSyntax
		}
		return each(name)
	})
}

func (r *reader) elements(each func() error) error { return r.list('[', ']', each) }

// list reads the elements between two brackets, separated by commas.
func (r *reader) list(open, end byte, each func() error) error {
	r.take(open)
	if r.take(end) {
		return nil
	}
	for {
		if err := each(); err != nil {
			return err
		}
		if r.take(end) {
			return nil
		}
		if !r.take(',') {
			return errSyntax
		}
	}
}

// text reads a string.
func (r *reader) text() (string, error) {
	var out []byte
	for r.at++; r.at < len(r.data); {
		switch b := r.data[r.at]; {
		case b == '"':
			r.at++
			return string(out), nil
		case b < ' ':
			return "", errSyntax
		case b == '\\':
			letter, ok := r.escape()
			if !ok {
				return "", errSyntax
			}
			out = utf8.AppendRune(out, letter)
		default:
			letter, size := utf8.DecodeRune(r.data[r.at:])
			out = utf8.AppendRune(out, letter)
			r.at += size
		}
	}
	return "", errSyntax
}

// escape reads the characters after a backslash; half of a surrogate pair is U+FFFD.
func (r *reader) escape() (rune, bool) {
	r.at++
	if r.at >= len(r.data) {
		return 0, false
	}
	letter := r.data[r.at]
	r.at++
	switch letter {
	case '"', '\\', '/':
		return rune(letter), true
	case 'b', 'f', 'n', 'r', 't':
		return map[byte]rune{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[letter], true
	case 'u':
		first, ok := r.hex4()
		if !ok || !utf16.IsSurrogate(first) {
			return first, ok
		}
		back := r.at
		if r.at+1 < len(r.data) && r.data[r.at] == '\\' && r.data[r.at+1] == 'u' {
			r.at += 2
			if second, ok := r.hex4(); ok {
				if pair := utf16.DecodeRune(first, second); pair != utf8.RuneError {
					return pair, true
				}
			}
		}
		r.at = back
		return utf8.RuneError, true
	}
	return 0, false
}

func (r *reader) hex4() (rune, bool) {
	if r.at+4 > len(r.data) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(r.data[r.at:r.at+4]), 16, 16)
	r.at += 4
	return rune(n), err == nil
}
