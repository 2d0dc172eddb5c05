//go:build !unix

package system

// IgnoreFileSizeLimit does nothing, because this system has no such limit.
func IgnoreFileSizeLimit() {}
