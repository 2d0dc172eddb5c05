// Package json stands in for the standard encoding/json, at a tenth of its size. It writes and reads what the browser build's
// packages give it: structs with tagged fields, strings, integers, booleans, slices, maps with string keys, RawMessage and
// Marshaler, and whatever of these an interface holds when written. All else is an error. In both directions it agrees with
// the real one on what both take, but that <, > and & are not escaped and a member's name must be exact.
package json

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// RawMessage is the JSON of a value, written and read unchanged.
type RawMessage []byte

// MarshalJSON returns the message itself.
func (m RawMessage) MarshalJSON() ([]byte, error) {
	if m == nil {
		return []byte("null"), nil
	}
	return m, nil
}

// UnmarshalJSON keeps a copy of data.
func (m *RawMessage) UnmarshalJSON(data []byte) error {
	*m = append((*m)[:0], data...)
	return nil
}

// Marshaler writes itself.
type Marshaler interface{ MarshalJSON() ([]byte, error) }

// Marshal writes a value.
func Marshal(v any) ([]byte, error) { return appendValue(nil, reflect.ValueOf(v)) }

// MarshalIndent does what Marshal does: nobody reads the JSON in a browser.
func MarshalIndent(v any, _, _ string) ([]byte, error) { return Marshal(v) }

func appendValue(dst []byte, v reflect.Value) ([]byte, error) {
	if !v.IsValid() {
		return append(dst, "null"...), nil
	}
	if m, ok := v.Interface().(Marshaler); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		written, err := m.MarshalJSON()
		return append(dst, written...), err
	}
	switch v.Kind() {
	case reflect.String:
		return appendString(dst, v.String()), nil
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case reflect.Interface, reflect.Pointer:
		return appendValue(dst, v.Elem())
	case reflect.Struct:
		return appendStruct(dst, v)
	case reflect.Map:
		return appendMap(dst, v)
	case reflect.Slice:
		return appendSlice(dst, v)
	}
	return nil, unknown(v)
}

func unknown(v reflect.Value) error {
	return errors.New("json: " + v.Type().String() + " is not part of the browser build, or does not fit")
}

func appendStruct(dst []byte, v reflect.Value) ([]byte, error) {
	dst = append(dst, '{')
	var err error
	for i := range v.NumField() {
		name, omitEmpty := nameOf(v.Type().Field(i))
		if name == "" || omitEmpty && empty(v.Field(i)) {
			continue
		}
		dst = append(appendString(comma(dst, '{'), name), ':')
		if dst, err = appendValue(dst, v.Field(i)); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendMap(dst []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	if v.Type().Key().Kind() != reflect.String {
		return nil, unknown(v)
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	dst = append(dst, '{')
	var err error
	for _, key := range keys {
		dst = append(appendString(comma(dst, '{'), key.String()), ':')
		if dst, err = appendValue(dst, v.MapIndex(key)); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendSlice(dst []byte, v reflect.Value) ([]byte, error) {
	switch {
	case v.IsNil():
		return append(dst, "null"...), nil
	case v.Type().Elem().Kind() == reflect.Uint8:
		return nil, unknown(v)
	}
	dst = append(dst, '[')
	var err error
	for i := range v.Len() {
		if dst, err = appendValue(comma(dst, '['), v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// comma writes a comma, except after an opening bracket.
func comma(dst []byte, open byte) []byte {
	if dst[len(dst)-1] == open {
		return dst
	}
	return append(dst, ',')
}

// nameOf is the name of a field's member; empty for a field that has none.
func nameOf(f reflect.StructField) (name string, omitEmpty bool) {
	if !f.IsExported() {
		return "", false
	}
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch name {
	case "-":
		return "", false
	case "":
		name = f.Name
	}
	return name, options == "omitempty"
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

const hex = "0123456789abcdef"

func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\b' || r == '\f' || r == '\n' || r == '\r' || r == '\t':
			dst = append(dst, '\\', "btn\x00fr"[r-'\b'])
		case r < ' ' || r == '\u2028' || r == '\u2029':
			dst = append(dst, '\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r) // what is not UTF-8 becomes U+FFFD
		}
	}
	return append(dst, '"')
}
