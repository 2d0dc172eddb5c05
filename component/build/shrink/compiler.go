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

// The browser build uses the toolchain's own compiler with another layout of functions: see patches/assembler.diff and
// _assembler/layout.go. The toolchain still writes everything that depends on the layout, mainly the tables of the runtime. Each
// patched compiler has its own version, so that the build cache keeps the results apart.
//
// The toolchain compiles a function to a loop around a br_table: each block of the program ends at a resume point with a
// number, PC_B, and every jump sets PC_B and repeats the loop. The steps:
//
//   - jumps: a forward jump branches to the end of a block, and an if around it becomes one br_if. A resume point without
//     jumps to it is dropped. Only the points at which a function is entered keep a PC_B: after a call, at the call of
//     deferreturn, and at targets of backward jumps. Inlined code has no PC_B, because the module does not describe it.
//   - unwinding: a call that reports the unwinding of the stack is followed by a return, and not by a branch to one.
//   - addresses: a function with several return addresses keeps its own address in a local variable and adds PC_B to it. The
//     variable has the same number in each function, so that their calls are the same bytes.
//
// The steps equality, operands, barriers and hashes do not concern the layout: see their diffs in patches/.
var compilerSteps = map[string]string{ // the constant of each step; "": the step has its own diff
	"jumps": "directJumps", "unwinding": "unwindByReturn", "addresses": "oneAddress", "equality": "",
	"operands": "", "barriers": "", "hashes": "",
}

const assembler = "cmd/internal/obj/wasm/"

// compiler builds the compiler for the steps into a folder below bin/compiler, unless it exists, and returns the value of go
// build's flag -toolexec. The value is empty if no step needs a compiler. It calls progress before it builds.
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

// compilerSources writes the changed and added sources of the compiler.
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

// identity returns a name for the compiler: a hash of its version and of its changed and added sources.
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

// buildCompiler builds the compiler and the program that runs it. It creates the folder home only when both are complete.
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
		if _, there := os.Stat(home); there == nil { // another build has created it meanwhile
			return nil
		}
		return err
	}
	return nil
}
