//go:build unix && !linux

package apart

import (
	"os"
	"syscall"
)

// priority is the niceness of a process for a picture.
const priority = 10

// yield lets other processes go first.
func yield() { _ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, priority) }

// self returns the path of this program.
func self() (string, error) { return os.Executable() }
