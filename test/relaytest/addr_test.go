package relaytest_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hallway/test/relaytest"
)

const asOther = "HALLWAY_TEST_ADDRESSES"

// TestAddressesAreReserved takes many addresses in two processes, and no server listens on any: none is given twice.
func TestAddressesAreReserved(t *testing.T) {
	const each = 500
	take := func() string {
		t.Helper()
		addr, err := relaytest.FreeAddr()
		if err != nil {
			t.Fatal(err)
		}
		return addr
	}
	if os.Getenv(asOther) != "" {
		for range each {
			fmt.Println("addr", take())
		}
		return
	}
	taken := make(map[string]bool)
	for range each {
		addr := take()
		if taken[addr] {
			t.Fatalf("%s is given twice", addr)
		}
		taken[addr] = true
	}
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	other.Env = append(os.Environ(), asOther+"=1")
	out, err := other.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		if addr, ok := strings.CutPrefix(strings.TrimSpace(line), "addr "); ok {
			n++
			if taken[addr] {
				t.Errorf("%s is given to two processes", addr)
			}
		}
	}
	if n != each {
		t.Errorf("the other process has %d addresses", n)
	}
}
