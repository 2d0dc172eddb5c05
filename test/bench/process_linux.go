package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// With two cores, servers run on the first and the load on the second.
const (
	serverCore = 0
	loadCore   = 1
)

// startLimit bounds the time until a server is ready.
const startLimit = time.Minute

// A process is a server that this program started.
type process struct {
	cmd    *exec.Cmd
	output *bytes.Buffer // complete when the process has ended
	ended  chan struct{}
}

// startProcess runs a program on the servers' core. The program is killed when this process ends.
func startProcess(env []string, program string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(program, args...), output: &bytes.Buffer{}, ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	// A process inherits the core of the thread that starts it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := onCore(0, serverCore); err != nil {
		return nil, err
	}
	err := p.cmd.Start()
	if err := errors.Join(err, onCore(0, loadCore)); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// kill ends the process at once.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// residentBytes returns the memory of the process that is in RAM.
func (p *process) residentBytes() (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return 0, fmt.Errorf("statm is %q", data)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return float64(pages * int64(os.Getpagesize())), err
}

// busy returns the time that a process has been on a core, in user and kernel mode.
func busy(pid int) (time.Duration, error) {
	var t unix.Timespec
	// The clock of another process: see clock_getcpuclockid(3).
	const cpuClockSched = 2
	if err := unix.ClockGettime(int32(^pid)<<3|cpuClockSched, &t); err != nil {
		return 0, os.NewSyscallError("clock_gettime", err)
	}
	return time.Duration(t.Nano()), nil
}

// onCore binds a thread (0: the calling one) to a core, if there are two.
func onCore(thread, core int) error {
	if !twoCores() {
		return nil
	}
	var set unix.CPUSet
	set.Set(core)
	return os.NewSyscallError("sched_setaffinity", unix.SchedSetaffinity(thread, &set))
}

// twoCores reports whether the machine has both cores, regardless of this thread's binding.
func twoCores() bool {
	_, err := os.Stat(fmt.Sprintf("/sys/devices/system/cpu/cpu%d", loadCore))
	return err == nil
}

// bindLoad binds all threads of this process; new ones follow.
func bindLoad() error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if err := onCore(id, loadCore); err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}

// openFiles raises the limit of open files as far as possible and returns it.
func openFiles() (int, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, os.NewSyscallError("getrlimit", err)
	}
	limit.Cur = limit.Max
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, os.NewSyscallError("setrlimit", err)
	}
	return int(min(limit.Max, 1<<30)), nil
}

// awaitReady returns when the server says that it is ready.
func awaitReady(p *process, addr string) error {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for deadline := time.Now().Add(startLimit); time.Now().Before(deadline); {
		response, err := client.Get("http://" + addr + "/readyz")
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the server ended: %s", bytes.TrimSpace(p.output.Bytes()))
		case <-time.After(5 * time.Millisecond):
		}
	}
	return errors.New("the server does not get ready")
}
