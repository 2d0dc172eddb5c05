package protocol

import (
	"cmp"
	"strconv"
	"unicode/utf8"
)

// The methods in this file are the kinds of fields. A field with must is always written, and a client's frame without
// it is refused. A field with opt is not written if its value is empty.
const (
	must = true
	opt  = false
)

// turn goes to the next field of the table and returns what it must do: in the phase writing,
// append its name and value; in reading, read the value and call took; in limits, check it.
// If there is nothing to do it returns idle.
func (c *codec) turn(name string, must, empty bool) phase {
	if c.phase != writing {
		return c.find(name, must)
	}
	if empty && !must {
		return idle
	}
	return writing
}

// str is a string.
func (c *codec) str(name string, v *string, must bool) {
	switch c.turn(name, must, *v == "") {
	case writing:
		c.key(name)
		c.out = appendString(c.out, *v)
	case reading:
		if !c.client && !c.exact && c.in.word("null") {
			c.took(true)
			break
		}
		b, ok := c.in.text()
		*v = string(b)
		c.took(ok)
	case limits:
		text, code, reason := c.check(name, *v, 0, c.textBytes)
		*v = text
		c.refuse(code, reason)
	}
}

// lateStr is an optional str whose limits are checked last.
func (c *codec) lateStr(name string, v *string) {
	was := c.phase
	switch was {
	case limits:
		c.phase = late
	case late:
		c.phase = limits
	}
	c.str(name, v, opt)
	c.phase = was
}

// int is an integer; it is empty if it is not positive.
func (c *codec) int(name string, v *int64, must bool) {
	c.integer(name, v, c.turn(name, must, *v <= 0))
}

func (c *codec) integer(name string, v *int64, t phase) {
	switch t {
	case writing:
		c.key(name)
		c.out = strconv.AppendInt(c.out, *v, 10)
	case reading:
		n, ok := c.in.integer()
		*v = n
		c.took(ok)
	case limits:
		_, code, reason := c.check(name, "", *v, 0)
		c.refuse(code, reason)
	}
}

// lateInt is an optional int whose kind and limits are checked last. If counts is false, because of another field, v
// becomes 0.
func (c *codec) lateInt(name string, v *int64, counts bool) {
	switch {
	case c.phase < kinds:
		c.int(name, v, opt)
	case c.phase < late || !counts:
		c.at++
		if c.phase == late {
			*v = 0
		}
	default:
		for c.phase = kinds; c.phase <= limits; c.phase++ {
			c.int(name, v, opt)
			c.at--
		}
		c.at++
	}
}

// maybeInt is an int that is absent if the pointer is nil.
func (c *codec) maybeInt(name string, v **int64) {
	t := c.turn(name, opt, *v == nil)
	if t == reading {
		*v = new(int64)
	}
	c.integer(name, *v, t)
}

// bool is true or false; false is empty.
func (c *codec) bool(name string, v *bool, must bool) {
	c.boolean(name, v, c.turn(name, must, !*v))
}

func (c *codec) boolean(name string, v *bool, t phase) {
	switch t {
	case writing:
		c.key(name)
		c.out = strconv.AppendBool(c.out, *v)
	case reading:
		b, ok := c.in.boolean()
		*v = b
		c.took(ok)
	}
}

// maybeBool is a bool that is absent if the pointer is nil.
func (c *codec) maybeBool(name string, v **bool) {
	t := c.turn(name, opt, *v == nil)
	if t == reading {
		*v = new(bool)
	}
	c.boolean(name, *v, t)
}

// time is a time; 0 is empty.
func (c *codec) time(name string, v *Time, must bool) {
	switch c.turn(name, must, *v == 0) {
	case writing:
		c.key(name)
		c.out = append(v.append(append(c.out, '"')), '"')
	case reading:
		b, ok := c.in.text()
		t, err := parseTime(string(b))
		*v = t
		c.took(ok && err == nil)
	}
}

// number is an optional number in its written form. A client accepts any value from the relay, because it only compares
// the value with its own.
func (c *codec) number(name string, v *string) {
	switch c.turn(name, false, *v == "") {
	case writing:
		c.key(name)
		c.out = append(c.out, *v...)
	case reading:
		b, ok := c.in.literal()
		*v = string(b)
		c.took(ok || !c.client)
	}
}

// raw is a JSON object in its written form; an empty v is {}.
func (c *codec) raw(name string, v *string) {
	switch c.turn(name, true, false) {
	case writing:
		c.key(name)
		c.add(cmp.Or(*v, "{}"))
	case reading:
		ok, start := c.in.peek() == '{', c.in.pos
		c.in.skip()
		*v = string(c.in.data[start:c.in.pos])
		c.took(ok)
	}
}

// stringList is a list of strings.
func (c *codec) stringList(name string, v *[]string, must bool) {
	c.array(name, len(*v), must, func(i int) {
		if c.phase == writing {
			c.out = appendString(c.out, (*v)[i])
			return
		}
		var b []byte
		ok := c.in.word("null")
		if !ok {
			b, ok = c.in.text()
		}
		*v = append(*v, string(b))
		if !ok {
			c.wrong()
		}
	})
}

// list is a list of n objects; element runs the table of the i-th. In the phase reading, i
// is the number of objects read before.
func (c *codec) list(name string, n int, must bool, element func(i int)) {
	objects := 0
	c.array(name, n, must, func(int) {
		if c.begin(true) {
			element(objects)
			objects++
		}
	})
}

func (c *codec) array(name string, n int, must bool, element func(i int)) {
	switch c.turn(name, must, n == 0) {
	case writing:
		c.key(name)
		c.series("[]", n, element)
	case reading:
		if c.in.peek() != '[' {
			c.in.skip()
			c.took(false)
			return
		}
		c.in.array(func() { element(0) })
		c.took(true)
	}
}

// series writes n elements between brackets.
func (c *codec) series(brackets string, n int, element func(i int)) {
	c.add(brackets[:1])
	for i := range n {
		if i > 0 {
			c.add(",")
		}
		element(i)
	}
	c.add(brackets[1:])
}

const hexDigits = "0123456789abcdef"

// plain holds the bytes that need no escape in a JSON string.
var plain = func() (bytes [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		bytes[c] = c != '"' && c != '\\'
	}
	return bytes
}()

// appendString appends s as a JSON string. Bytes that are not UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
