//go:build !race

package server_test

// heapFactor is how much more memory everything takes with the race detector.
const heapFactor = 1
