package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Variable is the environment variable with the thumbprint of the device's key (RFC 7638). The command prints a certificate
// for that key. The command for a token does not get the variable.
const Variable = "HALLWAY_JKT"

// outputMax bounds the part of a failed command's output that an error quotes, in bytes.
const outputMax = 300

// ask runs a command of the host with sh and returns the one word of its output. It kills the command when ctx ends.
func ask(ctx context.Context, flag, command, jkt string) (string, error) {
	run := exec.CommandContext(ctx, "sh", "-c", command)
	endWhole(run)
	run.WaitDelay = time.Second // a process that has left the group may hold the pipes
	if run.Env = os.Environ(); jkt != "" {
		run.Env = append(run.Env, Variable+"="+jkt)
	}
	var said bytes.Buffer
	run.Stderr = &said
	out, err := run.Output()
	switch printed := strings.Fields(string(out)); {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s takes too long", flag)
	case err != nil:
		words := strings.Join(strings.Fields(said.String()), " ")
		return "", fmt.Errorf("%s fails: %w: %.*s", flag, err, outputMax, words)
	case len(printed) != 1:
		return "", errors.New(flag + " must print one word, and nothing else")
	default:
		return printed[0], nil
	}
}
