// Package regexp stands in for the standard regexp, which go-app offers for routes. The program's routes are plain.
package regexp

// Regexp matches nothing: there is none.
type Regexp struct{}

// MustCompile panics.
func MustCompile(string) *Regexp { panic("regexp is not part of the browser build: use plain routes") }

// MatchString is not reached.
func (*Regexp) MatchString(string) bool { return false }
