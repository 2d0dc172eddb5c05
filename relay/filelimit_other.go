//go:build !unix

package main

// ignoreFileLimit has nothing to do where files have no such limit.
func ignoreFileLimit() {}
