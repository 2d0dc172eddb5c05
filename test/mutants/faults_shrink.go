package main

import "regexp"

// layouter is the code that the browser build adds to the toolchain's assembler.
const layouter = "component/build/shrink/_assembler"

// inPrograms is a check that compiles generated programs with the fault in the compiler and compares their output with that of native ones.
var inPrograms = check{
	name:  "the generated programs",
	build: []string{"build", "./test/shrink"},
	run:   []string{"-generated", "-own", "-programs", "12", "-seed", "1"},
	says:  regexp.MustCompile(`(?m)^DIFFERENT.*$|^shrink: .*$`),
}

var programs = []check{inPrograms}

// shrinkFaults are the faults of the layout of functions in the browser's module.
var shrinkFaults = []mutant{
	{
		name: "deferred calls lose their entry", pkg: layouter, in: "markResumePoints", checks: programs,
		do: steps{replace("last.Mark |= entered", "last.Mark |= jumpedTo")},
	},
	{
		name: "a return address is one too low", pkg: layouter, in: "layOut", checks: programs,
		do: steps{replace("tablePC <= pc", "tablePC < pc")},
	},
	{
		name: "a call leads to the block before", pkg: layouter, in: "layOut", checks: programs,
		do: steps{replace("region = uint64(l.resumePoints)", "region = uint64(l.resumePoints - 1)")},
	},
	{
		name: "the height of the stack is not told", pkg: layouter, in: "layOut", checks: programs,
		do: steps{never("p.Spadj != 0")},
	},
	{
		name: "a jump that an if guards is always taken", pkg: layouter, in: "branchIf", checks: programs,
		do: steps{replace("branchTo(p, ABrIf, to)", "branchTo(p, ABr, to)")},
	},
	{
		name: "the linker finds no call of deferreturn", pkg: layouter, in: "countAddresses", checks: programs,
		do: steps{never(`p.To.Sym.Name == "runtime.deferreturn"`)},
	},
}
