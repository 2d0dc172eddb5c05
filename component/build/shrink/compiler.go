package shrink

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// The browser build compiles with the toolchain's own compiler except for the layout of functions: see patches/assembler.diff and
// _assembler/layout.go. Everything that depends on the layout, mainly the tables of the runtime, is still written by the
// toolchain. Go tells each other compiler by its version, so that what it made is not mixed up in the build cache.
//
// As the toolchain has it, a function is a loop over a br_table: each block of the program ends at a resume point with a
// number, PC_B, and every jump sets PC_B and goes round the loop. The steps:
//
//   - jumps: a jump forward branches to the end of a block, and an if around it becomes one br_if. A resume point that no
//     jump leads to is dropped, and only those keep a PC_B at which a function is entered: after a call, at the call of
//     deferreturn, at targets of jumps back. Inlined code takes no PC_B, since the module does not describe it.
//   - unwinding: a call that reports that the stack unwinds is followed by a return, in place of a branch to one.
//   - addresses: a function with several return addresses keeps its own address in a local variable and adds PC_B to it. The
//     variable has the same number in each function, so that their calls are the same bytes.
//
// The steps equality, operands, barriers and hashes have nothing to do with the layout: see their diffs in patches/.
var compilerSteps = map[string]string{ // step to constant; "": a diff of its own
	"jumps": "directJumps", "unwinding": "unwindByReturn", "addresses": "oneAddress", "equality": "",
	"operands": "", "barriers": "", "hashes": "",
}

const assembler = "cmd/internal/obj/wasm/"

// compiler builds the compiler that the steps ask for into a folder below bin/compiler, unless it is there, and returns the
// value of go build's flag -toolexec; it is empty if no step needs a compiler. It calls progress before it builds.
func (t Toolchain) compiler(on Set, progress func()) (toolexec string, err error) {
	if !slices.ContainsFunc(slices.Collect(maps.Keys(compilerSteps)), func(step string) bool { return on[step] }) {
		return "", nil
	}
	work, err := os.MkdirTemp("", "hallway-compiler-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	replace := map[string]string{}
	if err := t.compilerSources(work, on, replace); err != nil {
		return "", err
	}
	id, err := identity(t, replace)
	if err != nil {
		return "", err
	}
	home := filepath.Join(t.Compilers, id)
	if _, err := os.Stat(home); err != nil {
		progress()
		if err := t.buildCompiler(work, home, replace); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("'%s' '%s' %s", filepath.Join(home, "toolexec"+exe), filepath.Join(home, "compile"+exe), id), nil
}

// compilerSources writes the sources of the compiler that are not the toolchain's.
func (t Toolchain) compilerSources(dir string, on Set, replace map[string]string) error {
	if err := t.patch(dir, "assembler", replace); err != nil {
		return err
	}
	if err := t.join(dir, "_assembler/layout.go", assembler+"layout.go", replace); err != nil {
		return err
	}
	constants := "package wasm\n\nconst (\n"
	for _, step := range slices.Sorted(maps.Keys(compilerSteps)) {
		if compilerSteps[step] == "" {
			if on[step] {
				if err := t.patch(dir, step, replace); err != nil {
					return err
				}
			}
			continue
		}
		constants += fmt.Sprintf("\t%s = %v\n", compilerSteps[step], on[step])
	}
	return write(dir, filepath.Join(t.Root, "src", filepath.FromSlash(assembler+"steps.go")), []byte(constants+")\n"), replace)
}

// identity returns a name for the compiler: a hash of its version and of the sources that are not the toolchain's.
func identity(t Toolchain, replace map[string]string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, t.Version)
	for _, path := range slices.Sorted(maps.Keys(replace)) {
		data, err := os.ReadFile(replace[path])
		if err != nil {
			return "", err
		}
		fmt.Fprintln(sum, filepath.Base(path), len(data))
		sum.Write(data)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

var exe = map[bool]string{true: ".exe"}[runtime.GOOS == "windows"]

// buildCompiler builds the compiler and the program that runs it into the folder home, which is there when both are whole.
func (t Toolchain) buildCompiler(work, home string, replace map[string]string) error {
	list, err := writeOverlay(work, replace)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(home), 0o755); err != nil {
		return err
	}
	made, err := os.MkdirTemp(filepath.Dir(home), "building-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(made)
	for _, args := range [][]string{
		{"-overlay", list, "-o", filepath.Join(made, "compile"+exe), "cmd/compile"},
		{"-o", filepath.Join(made, "toolexec"+exe), "./component/build/shrink/toolexec"},
	} {
		cmd := exec.Command("go", append([]string{"build", "-trimpath", "-buildvcs=false"}, args...)...)
		cmd.Dir = t.Module
		cmd.Env = append(os.Environ(), "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "CGO_ENABLED=0", "GOFLAGS=")
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building the compiler: %w: %s", err, strings.TrimSpace(string(said)))
		}
	}
	if err := os.Rename(made, home); err != nil {
		if _, there := os.Stat(home); there == nil { // another build was first
			return nil
		}
		return err
	}
	return nil
}
