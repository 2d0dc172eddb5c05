package keeper

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "here")
	f, err := openFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("the folder: %v, %v", info, err)
	}
	const name = "a name / of any bytes \x00\xff"
	if value, err := f.Load(name); value != nil || err != nil {
		t.Errorf("a value that is not there: %q, %v", value, err)
	}
	for _, value := range [][]byte{[]byte("long and old"), []byte("new")} {
		if err := f.Save(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save("another", []byte("value")); err != nil {
		t.Fatal(err)
	}
	again, err := openFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	if value, err := again.Load(name); !bytes.Equal(value, []byte("new")) || err != nil {
		t.Errorf("loaded %q, %v", value, err)
	}
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", entry.Name(), info.Mode(), err)
		}
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(name, []byte("lost")); err == nil {
		t.Error("a value is saved in a folder that is gone")
	}
}

func TestAsk(t *testing.T) {
	t.Setenv("GIVEN", "by-the-environment")
	for _, c := range []struct{ command, word, says string }{
		{"echo word", "word", ""},
		{`printf %s "$GIVEN"`, "by-the-environment", ""},
		{`echo "for-$HALLWAY_JKT"`, "for-thumbprint", ""},
		{"true", "", "one word"},
		{"echo two words", "", "one word"},
		{"echo the reason >&2; exit 3", "", "exit status 3: the reason"},
		{"exec /there/is/none", "", "--flag fails"},
	} {
		word, err := ask(t.Context(), "--flag", c.command, "thumbprint")
		if word != c.word || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v", c.command, word, err)
		}
	}
}

// TestAskEndsWholeCommands checks that a command that takes too long ends with the processes that it has started.
func TestAskEndsWholeCommands(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe") // open as long as the command's child lives
	if out, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Setenv("PIPE", pipe)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		reader, err := os.Open(pipe) // waits for the child
		cancel()
		if err == nil {
			_, err = io.Copy(io.Discard, reader)
			_ = reader.Close()
		}
		ended <- err
	}()
	if _, err := ask(ctx, "--flag", `sleep 600 >"$PIPE"; true`, ""); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a command that hangs: %v", err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("the child of a command that hangs lives on")
	}
}
