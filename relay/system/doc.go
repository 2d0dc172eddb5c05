// Package system holds the relay's calls to the operating system as a process: signals, the limits of open files and of
// a file's size, and memory that is returned after a rush of connections. It has no main type: each function is one
// such call, and a new one is a function here. Differences between systems are in the endings of file names.
//
// The package must not know flags, connections and frames.
package system
