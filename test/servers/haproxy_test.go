package servers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hallway/test/servers"
)

// named returns the name that the NATS server behind an address gives itself.
func named(t *testing.T, addr string) string {
	t.Helper()
	line, err := greeting(addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	var info struct {
		ServerName string `json:"server_name"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "INFO ")), &info); err != nil {
		t.Fatal(err)
	}
	return info.ServerName
}

func TestHAProxyGoesRoundTheBackendsThatAreUp(t *testing.T) {
	a, b := servers.NATS(t, "server_name: a"), servers.NATS(t, "server_name: b")
	proxy := servers.HAProxy(t, []string{a.Addr, b.Addr})
	seen := map[string]int{}
	for range 10 {
		seen[named(t, proxy.Addr)]++
	}
	if seen["a"] < 3 || seen["b"] < 3 { // because of a slow check, HAProxy may leave a backend out for a moment
		t.Errorf("10 connections went to %v", seen)
	}
	a.Kill()
	for range 10 {
		if name := named(t, proxy.Addr); name != "b" {
			t.Fatalf("a is killed, and a connection went to %q", name)
		}
	}
}
