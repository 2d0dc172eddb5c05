// Package shrink makes a Go program for the browser smaller: without its steps chat.wasm is a third larger, compressed.
//
// Each step has a name and a switch ([Steps], [Set]). [Toolchain.Flags] applies the steps that change sources and the compiler,
// [Module] those that change the linked module. Prefer a step that leaves out code at the source to one that removes tables from
// the module. No step rewrites instructions after the compiler. To add a step, give it an entry in Steps with the bytes that it
// saves, and a comparison in test/shrink.
//
//   - Sources: patches/*.diff change lines of the toolchain's sources, and files join its packages (Toolchain.Overlay).
//   - Compiler: the module is compiled by the toolchain's compiler with another layout of functions (compiler.go says how).
//   - Module: tables that only the traces of panics read are removed from the linked module (Module).
//
// The initial memory of a module of the Go linker contains the tables by which the runtime walks stacks. They begin with a
// header (runtime.pcHeader) and are listed in runtime.moduledata:
//
//   - names of functions: the names of the program's own functions stay, and the package names of others (step names);
//   - names of files, by compilation unit (step lines);
//   - tables from program counters to values: height of the stack and maps of pointers, which stay, lines, files, and places where
//     a signal may not stop a goroutine (step lines);
//   - a description of each function (runtime._func), which says where its tables are;
//   - data of functions: maps of pointers, stack objects and deferred calls, which stay, inlined code and arguments (step
//     funcdata);
//   - a table to find functions by program counter; wasm does not need it, because there the program counter contains the
//     function's number (step findfunc);
//   - a list of the positions of the descriptions, which the runtime makes at its start instead (step findfunc).
//
// A step overwrites a table with zeros, and the step segments removes long runs of zeros from the module. This is safe if only
// traces read the table, or the runtime makes the table itself. make test-shrink runs the toolchain's tests, our tests, and
// generated programs on such modules.
//
// # What this package must not know
//
// The chat: it makes any program smaller. A program sees no difference except in traces and names.
//
// # A new toolchain
//
// If the toolchain differs from the one that the steps expect, the build fails and names its version. Then, in order:
//
//  1. A diff does not apply: read the changes around it, and make a new diff (git diff -U1 of the toolchain's src).
//  2. The assembler changed (cmd/internal/obj/wasm): read preprocess and assemble, and compute deferreturn in the linker
//     (cmd/link/internal/ld/pcln.go), which looks for a return address. _assembler/layout.go numbers what the original numbers.
//  3. The layout of tables changed (KnownLayout): read runtime/symtab.go, runtime/runtime2.go and internal/abi/symtab.go, and
//     adapt tables.go.
//  4. Run make test-shrink, then measure each step again with go run ./component/build -without STEP.
//
// The package must not depend on the program that it makes smaller.
package shrink
