//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: holds its connections by epoll, which only Linux has")
	os.Exit(2)
}
