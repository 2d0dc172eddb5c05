//go:build unix

package apart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"hallway/files/intake"
	"hallway/files/media"
)

// Command is the first argument of a program that calls Main with the second one.
const Command = "process-picture"

// firstFile is the number of the first open file of the process.
const firstFile = 3

// found is the output of the process.
type found struct {
	Picture media.Picture
	Bad     string // why the picture is refused
	Failed  string // another failure
}

// A pictureError is the [media.ErrPicture] that another process has found.
type pictureError string

func (e pictureError) Error() string        { return string(e) }
func (e pictureError) Is(target error) bool { return target == media.ErrPicture }

// Processor returns an [intake.Processor] that starts this program with Command for each picture.
func Processor() intake.Processor { return process }

func process(ctx context.Context, typ string, p intake.Pictures) (media.Picture, error) {
	program, err := self()
	if err != nil {
		return media.Picture{}, err
	}
	cmd := exec.CommandContext(ctx, program, Command, typ)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.ExtraFiles = []*os.File{p.In, p.Clean, p.Large, p.Small}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // keeps the terminal's signals away from it
	var out, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &trouble
	// The process ends with the relay, because its stdin ends then.
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return media.Picture{}, err
	}
	if err = cmd.Start(); err != nil {
		return media.Picture{}, fmt.Errorf("start the process for a picture: %w", err)
	}
	err = cmd.Wait()
	_ = stdin.Close()
	if err := ctx.Err(); err != nil {
		return media.Picture{}, err
	}
	var f found
	switch failed := json.Unmarshal(out.Bytes(), &f); {
	case err != nil || failed != nil:
		first, _, _ := bytes.Cut(trouble.Bytes(), []byte("\n"))
		return media.Picture{}, fmt.Errorf("the process for a picture has ended: %w: %s", errors.Join(err, failed), first)
	case f.Bad != "":
		return media.Picture{}, pictureError(f.Bad)
	case f.Failed != "":
		return media.Picture{}, errors.New(f.Failed)
	}
	return f.Picture, nil
}

// Main processes the picture in the files of the process, prints the result, and returns the exit code.
func Main(typ string) int {
	yield()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	var files [4]*os.File
	for i := range files {
		files[i] = os.NewFile(uintptr(firstFile+i), Command)
	}
	var f found
	picture, err := intake.Process(context.Background(), typ, intake.Pictures{In: files[0], Clean: files[1], Large: files[2], Small: files[3]})
	switch {
	case err == nil:
		f.Picture = picture
	case errors.Is(err, media.ErrPicture):
		f.Bad = media.Reason(err)
	default:
		f.Failed = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(f); err != nil {
		return 1
	}
	return 0
}
