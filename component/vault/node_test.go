package vault_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"

	"hallway/e2ee"
	"hallway/e2ee/native"
)

// nodeCipher runs the browser's cipher in Node.
type nodeCipher struct {
	in  io.Writer
	out *bufio.Reader
}

// newNodeCipher starts Node and ends it with the test. The cipher has the given keys (JSON), or makes its own if keys is "".
func newNodeCipher(t *testing.T, keys string) e2ee.Cipher {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node 20 is needed: the test compares the ciphers in Go with those in JavaScript")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, node, "testdata/cipher.mjs", keys)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	return &nodeCipher{in, bufio.NewReader(out)}
}

func (c *nodeCipher) Do(_ context.Context, op e2ee.Op, in []byte) ([]byte, error) {
	if _, err := fmt.Fprintf(c.in, "%s %s\n", op, base64.StdEncoding.EncodeToString(in)); err != nil {
		return nil, err
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimSuffix(line, "\n")
	if wrong, is := strings.CutPrefix(line, "!"); is {
		return nil, errors.New(wrong)
	}
	return base64.StdEncoding.DecodeString(line)
}

// eachCipher runs a test with each pair of the ciphers in Go and in JavaScript.
func eachCipher(t *testing.T, test func(t *testing.T, first, second func() e2ee.Cipher)) {
	t.Helper()
	inGo := func() e2ee.Cipher { return native.New(nil) }
	inNode := func() e2ee.Cipher { return newNodeCipher(t, "") }
	t.Run("Go and Go", func(t *testing.T) { test(t, inGo, inGo) })
	t.Run("Go and JavaScript", func(t *testing.T) { test(t, inGo, inNode) })
	t.Run("JavaScript and Go", func(t *testing.T) { test(t, inNode, inGo) })
	t.Run("JavaScript and JavaScript", func(t *testing.T) { test(t, inNode, inNode) })
}
