// Package json stands in for the standard encoding/json: it encodes the errors of go-app, and decodes nothing. It supports structs
// with tagged fields, maps with string keys, strings, booleans, integers, Marshaler, and interfaces that hold one of these. Anything
// else is an error. Its output is the same as the real package's, except that it does not escape <, > and &.
package json

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// RawMessage is a name that go-app uses.
type RawMessage []byte

// Unmarshal always fails.
func Unmarshal([]byte, any) error {
	return errors.New("json: reading is not part of the browser build: use JSON.parse")
}

// Marshaler is a value that encodes itself.
type Marshaler interface{ MarshalJSON() ([]byte, error) }

// Marshal encodes a value.
func Marshal(v any) ([]byte, error) { return appendValue(nil, reflect.ValueOf(v)) }

// MarshalIndent is Marshal, because nobody reads the JSON in a browser.
func MarshalIndent(v any, _, _ string) ([]byte, error) { return Marshal(v) }

func appendValue(dst []byte, v reflect.Value) ([]byte, error) {
	if !v.IsValid() {
		return append(dst, "null"...), nil
	}
	if m, ok := v.Interface().(Marshaler); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		written, err := m.MarshalJSON()
		return append(dst, written...), err
	}
	switch kind := v.Kind(); {
	case kind == reflect.String:
		return appendString(dst, v.String()), nil
	case kind == reflect.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case v.CanInt():
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case kind == reflect.Interface || kind == reflect.Pointer:
		return appendValue(dst, v.Elem())
	case kind == reflect.Struct:
		return appendStruct(dst, v)
	case kind == reflect.Map && v.Type().Key().Kind() == reflect.String:
		return appendMap(dst, v)
	}
	return nil, errors.New("json: " + v.Type().String() + " is not part of the browser build")
}

func appendStruct(dst []byte, v reflect.Value) ([]byte, error) {
	dst = append(dst, '{')
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" || options == "omitempty" && isEmpty(v.Field(i)) {
			continue
		}
		if name == "" {
			name = field.Name
		}
		var err error
		if dst, err = appendValue(appendName(dst, name), v.Field(i)); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// isEmpty reports whether omitempty leaves a value out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String, reflect.Map, reflect.Slice:
		return v.Len() == 0
	case reflect.Bool:
		return !v.Bool()
	case reflect.Interface, reflect.Pointer:
		return v.IsNil()
	}
	return v.CanInt() && v.Int() == 0
}

func appendMap(dst []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	keys := v.MapKeys()
	for i, key := range keys { // a few
		for i > 0 && keys[i-1].String() > key.String() {
			keys[i] = keys[i-1]
			i--
		}
		keys[i] = key
	}
	dst = append(dst, '{')
	for _, key := range keys {
		var err error
		if dst, err = appendValue(appendName(dst, key.String()), v.MapIndex(key)); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// appendName writes the name of a member, and a comma before all but the first.
func appendName(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return append(appendString(dst, name), ':')
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
			dst = utf8.AppendRune(dst, r) // invalid UTF-8 becomes U+FFFD
		}
	}
	return append(dst, '"')
}
