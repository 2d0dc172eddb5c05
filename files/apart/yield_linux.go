package apart

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// priority is the niceness of a process for a picture: it gets a tenth of a processor that a normal process uses fully.
const priority = 10

// yield lets other processes go first: on a processor, and when memory runs short. Later threads inherit that.
func yield() {
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_BATCH, Nice: priority}
	for range 2 { // a thread may have started during the first time
		threads, _ := os.ReadDir("/proc/self/task")
		for _, t := range threads {
			if id, err := strconv.Atoi(t.Name()); err == nil {
				_ = unix.SchedSetAttr(id, &attr, 0)
			}
		}
	}
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
}

// itself leads to this program, even after another one has replaced its file.
const itself = "/proc/self/exe"

// self returns the path of this program.
func self() (string, error) {
	if _, err := os.Stat(itself); err == nil {
		return itself, nil
	}
	return os.Executable()
}
