//go:build unix

package keeper

import (
	"os/exec"
	"syscall"
)

// endWhole makes the end of a command's context kill its children, too.
func endWhole(run *exec.Cmd) {
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	run.Cancel = func() error { return syscall.Kill(-run.Process.Pid, syscall.SIGKILL) }
}
