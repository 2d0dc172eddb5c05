package servers

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// keeper is a small process that outlives a killed test. It notices the kill by the end of its input; then it kills the server and
// removes the folder.
type keeper struct {
	process *exec.Cmd
	input   io.Closer
}

// keep starts a keeper of a server's process and folder.
func keep(pid int, folder string) (*keeper, error) {
	process := exec.Command("/bin/sh", "-c", `cat; kill -KILL "$1" 2>/dev/null; rm -rf "$2"`, "keeper", strconv.Itoa(pid), folder)
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	input, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("a server's keeper: %w", err)
	}
	return &keeper{process: process, input: input}, nil
}

// dismiss ends the keeper, which then leaves the server and the folder alone.
func (k *keeper) dismiss() {
	_ = syscall.Kill(-k.process.Process.Pid, syscall.SIGKILL) // the shell and its cat
	_ = k.input.Close()
	_ = k.process.Wait()
}

// descendants lists the children of a process, their children, and so on, on Linux; elsewhere there are none.
func descendants(pid int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	children := map[int][]int{}
	for _, file := range stats {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The line is "pid (name) state parent …"; the name may contain any characters.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil || len(fields) < 2 {
			continue
		}
		if parent, err := strconv.Atoi(string(fields[1])); err == nil {
			children[parent] = append(children[parent], child)
		}
	}
	found := children[pid]
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	return found
}

// runs reports whether a process runs. A zombie has ended.
func runs(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	return len(fields) > 0 && string(fields[0]) != "Z" && string(fields[0]) != "X"
}

// scriptPath returns the path of install.sh, which lies beside this file.
func scriptPath() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	script := filepath.Join(filepath.Dir(file), "install.sh")
	if !ok || !filepath.IsAbs(script) {
		return "", fmt.Errorf("install.sh is not found beside %q: build without -trimpath", file)
	}
	return script, nil
}
