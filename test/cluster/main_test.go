package main

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"hallway/examples/demo"
	"hallway/test/relaytest"
)

// TestTheClusterRunsUntilItIsInterrupted starts the command, asks for its page, and interrupts it.
func TestTheClusterRunsUntilItIsInterrupted(t *testing.T) {
	folder := t.TempDir()
	program, err := relaytest.Build(folder)
	if err != nil {
		t.Fatal(err)
	}
	command := filepath.Join(folder, "cluster")
	if out, err := exec.Command("go", "build", "-o", command, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cluster := exec.CommandContext(t.Context(), command, "-port", "0", "-program", program)
	var said strings.Builder
	cluster.Stderr = &said
	stdout, err := cluster.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if _, missing := demo.Files(); missing != nil {
		if waited := cluster.Wait(); waited == nil || !strings.Contains(said.String(), "run `make wasm`") {
			t.Errorf("without the browser build: %v, %s", waited, said.String())
		}
		return
	}
	if err != nil {
		t.Fatalf("%v: %s", cluster.Wait(), said.String())
	}
	page := strings.TrimSpace(strings.TrimPrefix(line, "Hallway demo: "))
	for range 6 {
		answer, err := http.Get(page)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("the page is answered with %d", answer.StatusCode)
		}
	}
	if err := cluster.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Wait(); err != nil {
		t.Errorf("after the interrupt: %v, %s", err, said.String())
	}
	for _, addr := range regexp.MustCompile(`127\.0\.0\.1:\d+`).FindAllString(said.String(), -1) {
		if conn, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("something still listens on %s: %v, %v", addr, conn, err)
		}
	}
	for _, found := range regexp.MustCompile(`process (\d+)`).FindAllStringSubmatch(said.String(), -1) {
		if pid, _ := strconv.Atoi(found[1]); !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			t.Errorf("process %d still runs", pid)
		}
	}
}
