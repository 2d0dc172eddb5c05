package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hallway/component/build/shrink"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options holds the options of the command line.
type options struct {
	out   string // the folder for the package's files
	demo  string // the folder for the demo's copy; "": none
	plain bool   // without stand-ins for the standard library and steps of shrink
	draft bool   // a quick build, only for this machine
	on    shrink.Set
}

// run builds the package and returns the exit code: 0 for success, 1 for a failure, 2 for wrong usage.
func run(args []string, stdout, stderr io.Writer) int {
	opts, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "build:", err)
		return 2
	}
	if err := build(opts, stdout); err != nil {
		fmt.Fprintln(stderr, "build:", err)
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (options, error) {
	flags := flag.NewFlagSet("build", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // run reports each error once
	out := flags.String("out", "dist", "`folder` to write the package's files to")
	demo := flags.String("demo", "examples/demo/dist", "`folder` to copy the demo's files to; empty for none")
	plain := flags.Bool("plain", false, "build as the go command would: larger, with the whole standard library and lines in traces")
	draft := flags.Bool("draft", false, "build quickly, to look at on this machine: without the steps that need a compiler of their own, compressed less")
	without := flags.String("without", "", "`steps` to leave out, with commas between them: "+stepNames())
	err := flags.Parse(args)
	on, unknown := shrink.Without(*without)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(stderr, "usage: go run ./component/build [-out folder] [-demo folder] [-plain] [-draft] [-without steps]")
		flags.SetOutput(stderr)
		flags.PrintDefaults()
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q (see -help)", flags.Arg(0))
	case err == nil && *out == "":
		err = errors.New("-out needs a folder (see -help)")
	}
	if err == nil {
		err = unknown
	}
	if *draft {
		on = on.Draft()
	}
	return options{out: *out, demo: *demo, plain: *plain, draft: *draft, on: on}, err
}

// printSteps prints the steps that make the module smaller, and the KB that each step saves.
func printSteps(opts options, stdout io.Writer) {
	for _, step := range shrink.Steps {
		if !opts.plain && opts.on[step.Name] {
			fmt.Fprintf(stdout, "%7d KB  less compressed by %s: %s\n", step.Saves, step.Name, step.What)
		}
	}
}

// stepNames returns the names of all steps, with commas between them.
func stepNames() string {
	var names []string
	for _, step := range shrink.Steps {
		names = append(names, step.Name)
	}
	return strings.Join(names, ", ")
}

func build(opts options, stdout io.Writer) error {
	tool, err := shrink.FindToolchain()
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "            compiling chat.wasm …")
	printSteps(opts, stdout)
	m, err := compileModule(tool, opts.plain, opts.on, func(what string) { fmt.Fprintf(stdout, "            %s …\n", what) })
	if err != nil {
		return err
	}
	files, err := packageFiles(tool, m)
	if err != nil {
		return err
	}
	files = append(files, file{"chat.wasm", m.wasm})
	if err := writeFiles(opts.out, files, stdout); err != nil || opts.demo == "" {
		return err
	}
	compress := compress
	if opts.draft {
		compress = compressDraft
	} else {
		fmt.Fprintln(stdout, "            compressing the demo's copy …")
	}
	if files, err = demoFiles(files, m, compress); err != nil {
		return err
	}
	return writeFiles(opts.demo, files, io.Discard)
}

// writeFiles writes the files. It first empties a folder named dist: files left by an earlier build would ship.
func writeFiles(folder string, files []file, stdout io.Writer) error {
	if filepath.Base(folder) == "dist" {
		if err := empty(folder); err != nil {
			return err
		}
	}
	for _, f := range files {
		path := filepath.Join(folder, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.data, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%10d  %s\n", len(f.data), f.name)
	}
	return nil
}

// empty removes everything from a folder except .gitkeep.
func empty(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if e.Name() == ".gitkeep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// demoFiles returns the files that the demo's page loads, each with a compressed copy. The module's name contains its hash, so that
// caches may keep it for ever. module.js holds its address.
func demoFiles(files []file, m module, compress func([]byte) ([]byte, error)) ([]file, error) {
	name := "chat." + m.hash()[:16] + ".wasm"
	demo := []file{
		{name, m.wasm},
		{"module.js", fmt.Appendf(nil, "export const wasmUrl = new URL('./%s', import.meta.url);\n", name)},
	}
	for _, f := range files {
		if f.name == "index.js" || f.name == "define.js" || f.name == cipherModule {
			demo = append(demo, f)
		}
	}
	for _, f := range demo {
		small, err := compress(f.data)
		if err != nil {
			return nil, err
		}
		demo = append(demo, file{f.name + ".br", small})
	}
	return demo, nil
}

// output runs a command and returns its output. The error contains the command's own message.
func output(cmd *exec.Cmd) (string, error) {
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", cmd.Args[0], cmd.Args[1], err, strings.TrimSpace(said.String()))
	}
	return string(out), nil
}
