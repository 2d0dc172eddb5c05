package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestWrongBusesAreRefusedInOneLine(t *testing.T) {
	db := filepath.Join(t.TempDir(), "hallway.db")
	for _, test := range []struct {
		name string
		env  []string
		args []string
		want string
	}{
		{"a bus with SQLite", nil, []string{"--nats", "nats://127.0.0.1:4222"}, "--nats is for several relays on one PostgreSQL"},
		{"a bus with SQLite in the environment", []string{"HALLWAY_NATS=nats://127.0.0.1:4222,nats://127.0.0.1:4223"}, nil, "--nats is for several relays on one PostgreSQL"},
		{"an address without a scheme", nil, []string{"--nats", "127.0.0.1:4222"}, "looks like nats://127.0.0.1:4222"},
		{"plain text to another machine", nil, []string{"--nats", "nats://u:hush@10.0.0.7:4222"}, "10.0.0.7:4222 is not on this machine and needs TLS"},
		{"nobody's credentials", nil, []string{"--nats", "tls://nats.example.org:4222"}, "needs credentials"},
		{"no file of credentials", nil, []string{"--nats", "tls://nats.example.org:4222", "--nats-creds", db}, "--nats-creds: open"},
		{"credentials of the environment", []string{"HALLWAY_NATS_CREDS=" + db}, []string{"--nats", "nats://127.0.0.1:4222"}, "--nats-creds: open"},
		{"no file of authorities", nil, []string{"--nats", "tls://127.0.0.1:4222", "--nats-ca", db}, "--nats-ca: open"},
		{"credentials for nothing", nil, []string{"--nats-creds", db}, "need --nats, too"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := run(t, test.env, append([]string{"serve", "--addr", "127.0.0.1:0", "--db", db}, test.args...)...)
			if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "hush") {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %q in it", code, stdout, stderr, test.want)
			}
		})
	}
}
