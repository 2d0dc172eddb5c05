//go:build !unix

package system

// IgnoreFileSizeLimit does nothing: this system has no such limit.
func IgnoreFileSizeLimit() {}
