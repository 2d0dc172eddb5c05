//go:build !js

package main

import "os"

func main() {
	os.Stderr.WriteString("this is the browser's program: build it with `make wasm`\n")
	os.Exit(2)
}
