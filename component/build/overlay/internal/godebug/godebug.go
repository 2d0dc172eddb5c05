// Package godebug stands in for the standard internal/godebug: a page has no GODEBUG, so every setting has its default, and
// uses of other values are not counted.
package godebug

// Setting is a setting of GODEBUG.
type Setting struct{ name string }

// New returns a setting by its name.
func New(name string) *Setting { return &Setting{name} }

// Name returns the setting's name.
func (s *Setting) Name() string { return s.name }

// String returns the setting as name=value.
func (s *Setting) String() string { return s.name + "=" }

// Undocumented returns false.
func (s *Setting) Undocumented() bool { return false }

// Value returns "", the default.
func (s *Setting) Value() string { return "" }

// IncNonDefault does nothing.
func (s *Setting) IncNonDefault() {}
