// Package s3 runs a real S3 server on loopback for tests: versitygw, which is built from the tools of versitygw/go.mod.
// The main function is [Start]; to add a setting of the server, give it a parameter there.
//
// # What this package must not know
//
// The content that the tests store.
package s3

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hallway/test/relaytest"
)

// The keys to the server, which Start puts into the environment.
const (
	accessKey = "hallway-test"
	secretKey = "hallway-test-secret"
)

// build builds the server once in a process. The folder stays, so that the next process need not build it.
var build = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "hallway-test-s3")
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "hallway").Output()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-modfile=test/s3/versitygw/go.mod", "-o", folder+string(os.PathSeparator), "tool")
	cmd.Dir = string(root[:len(root)-1])
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return filepath.Join(folder, "versitygw"), nil
})

// Start starts a server with one empty bucket and returns the address of a prefix in it, as hallway's flag --files takes
// it. The server ends with the test.
func Start(t *testing.T) string {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatalf("build the S3 server: %v", err)
	}
	addr, err := relaytest.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, dir := range []string{"data/bucket", "meta"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", accessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secretKey)
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	cmd := exec.CommandContext(ctx, program, "--quiet", "--access", accessKey, "--secret", secretKey, "--port", addr,
		"posix", "--sidecar", filepath.Join(root, "meta"), filepath.Join(root, "data"))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = cmd.Wait() })
	await(t, addr)
	return "s3://bucket/some/prefix?region=us-east-1&endpoint=http://" + addr
}

// await returns once the server answers.
func await(t *testing.T, addr string) {
	t.Helper()
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}}
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		response, err := client.Get("http://" + addr + "/")
		if err == nil {
			_ = response.Body.Close()
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("the S3 server does not answer: %v", err)
		}
	}
}
