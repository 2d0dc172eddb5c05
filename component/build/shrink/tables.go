package shrink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// pcHeader has the layout of runtime.pcHeader on wasm.
type pcHeader struct {
	Magic                            uint32
	Pad1, Pad2, MinLC, PtrSize       uint8
	Funcs, Files, _                  uint64
	Names, Units, FileNames, Tab, Fn uint64 // offsets from the header
}

// funcHeader has the layout of runtime._func. PCData and FuncData tables of 32-bit offsets follow it.
type funcHeader struct {
	Entry, Name, Args, DeferReturn uint32
	SP, File, Line                 uint32 // offsets of tables, 0 for none
	PCData, Unit, StartLine        uint32
	ID, Flag, _, FuncData          uint8
}

const (
	pcMagic = 0xfffffff1

	pcUnsafe, pcInlined, pcArgsLive   = 0, 2, 3 // of internal/abi
	fnInlined, fnArgs, fnArgsLiveInfo = 3, 5, 6 // of internal/abi

	noTable    = 0
	noFuncData = ^uint32(0)

	funcHeaderSize = 44
	nameOffset     = 4 // of Name in a funcHeader
)

// moduleData has the layout of the beginning of runtime.moduledata.
type moduleData struct {
	Header                                    uint64
	Names, Units, FileNames, PCTab, Functions sliceHeader
	Tab                                       sliceHeader // offsets of functions, from its own address
	FindTab                                   uint64
	_                                         [20]uint64 // addresses of text, data and types
	FuncData                                  uint64     // the base of funcdata offsets
	_                                         uint64
}

// sliceHeader has the layout of a slice.
type sliceHeader struct{ At, Len, _ uint64 }

var errLayout = errors.New("shrink: the module's tables differ from the ones that this toolchain should write; see component/build/shrink/doc.go")

// program holds the memory of a linked module and the positions of its tables.
type program struct {
	memory []byte
	header pcHeader
	base   int // of the header
	data   moduleData
}

// readProgram finds the tables in a module's memory.
func readProgram(memory []byte) (*program, error) {
	p := &program{memory: memory}
	var err error
	if p.base, p.header, err = findPCHeader(memory); err != nil {
		return nil, err
	}
	for at := 0; ; at += 8 {
		if _, err := binary.Decode(memory[min(at, len(memory)):], binary.LittleEndian, &p.data); err != nil {
			return nil, errLayout
		}
		if p.data.Header == uint64(p.base) && p.data.Functions.At == uint64(p.base)+p.header.Fn &&
			p.data.Tab.Len == p.header.Funcs+1 && p.data.Tab.At == p.data.Functions.At && p.data.FuncData < p.data.FindTab {
			return p, nil
		}
	}
}

// function is the description of a function in the memory.
type function struct {
	header funcHeader
	bytes  []byte // the memory from the header on
}

// pcData returns the field with the offset of a table from program counters to values.
func (f function) pcData(i int) []byte { return f.bytes[funcHeaderSize+4*i:] }

// funcData returns the field with the offset of data of the function.
func (f function) funcData(i int) []byte { return f.bytes[funcHeaderSize+4*int(f.header.PCData)+4*i:] }

// functions returns the descriptions of all functions. They follow a list of their numbers and positions, in the same order.
func (p *program) functions() ([]function, error) {
	all := make([]function, p.header.Funcs)
	list := p.memory[p.base+int(p.header.Fn):]
	at := 8*len(all) + 4
	for i := range all {
		if at = (at + 7) &^ 7; isOther(list[8*i+4:], uint32(at)) || at+funcHeaderSize > len(list) {
			return nil, errLayout
		}
		f := function{bytes: list[at:]}
		_, err := binary.Decode(f.bytes, binary.LittleEndian, &f.header)
		at += funcHeaderSize + 4*int(f.header.PCData) + 4*int(f.header.FuncData)
		if err != nil || f.header.PCData > 8 || f.header.FuncData > 16 || at > len(list) {
			return nil, errLayout
		}
		all[i] = f
	}
	return all, nil
}

// isOther reports whether a field differs from the linker's value and from zero, which the step findfunc writes.
func isOther(field []byte, want uint32) bool {
	got := binary.LittleEndian.Uint32(field)
	return got != 0 && got != want
}

// findPCHeader finds the tables by their header. It fails unless exactly one position has such a header.
func findPCHeader(memory []byte) (base int, h pcHeader, err error) {
	magic := binary.LittleEndian.AppendUint32(nil, pcMagic)
	for at := 0; ; at++ {
		next := bytes.Index(memory[at:], magic)
		if next < 0 {
			return 0, h, errLayout
		}
		at += next
		n, err := binary.Decode(memory[at:], binary.LittleEndian, &h)
		if err == nil && h.Pad1 == 0 && h.Pad2 == 0 && h.MinLC == 1 && h.PtrSize == 8 && h.Names == uint64(n) &&
			h.Names < h.Units && h.Units < h.FileNames && h.FileNames < h.Tab && h.Tab < h.Fn &&
			h.Fn+8*h.Funcs < uint64(len(memory)-at) {
			return at, h, nil
		}
	}
}

// KnownLayout fails if the toolchain's sources define other layouts than the types above.
func (t Toolchain) KnownLayout() error {
	for _, want := range []struct{ file, pattern, text string }{
		{"runtime/runtime2.go", `type _func struct \{([^}]*)`, "entryOff nameOff args deferreturn pcsp pcfile pcln npcdata cuOffset startLine funcID flag _ nfuncdata"},
		{"runtime/symtab.go", `type pcHeader struct \{([^}]*)`, "magic pad1, minLC ptrSize nfunc nfiles _ funcnameOffset cuOffset filetabOffset pctabOffset pclnOffset"},
		{"runtime/symtab.go", `type moduledata struct \{([^}]*?)\n\ttextsectmap`, "pcHeader funcnametab cutab filetab pctab pclntable ftab findfunctab minpc, text, noptrdata, " +
			"data, bss, noptrbss, covctrs, end, types, rodata gofunc epclntab"},
		{"internal/abi/symtab.go", `const \(([^)]*PCDATA_[^)]*)`, "PCDATA_UnsafePoint PCDATA_StackMapIndex PCDATA_InlTreeIndex PCDATA_ArgLiveIndex PCDATA_PanicBounds " +
			"FUNCDATA_ArgsPointerMaps FUNCDATA_LocalsPointerMaps FUNCDATA_StackObjects FUNCDATA_InlTree FUNCDATA_OpenCodedDeferInfo " +
			"FUNCDATA_ArgInfo FUNCDATA_ArgLiveInfo FUNCDATA_WrapInfo"},
	} {
		source, err := os.ReadFile(filepath.Join(t.Root, "src", filepath.FromSlash(want.file)))
		if err != nil {
			return err
		}
		var names []string
		if match := regexp.MustCompile(want.pattern).FindSubmatch(source); match != nil {
			for line := range strings.Lines(string(match[1])) {
				code, _, _ := strings.Cut(line, "//")
				if fields := strings.Fields(code); len(fields) > 1 {
					names = append(names, fields[0])
				}
			}
		}
		if !slices.Equal(names, strings.Fields(want.text)) {
			return fmt.Errorf("shrink: %s lays its tables out as %v; see component/build/shrink/doc.go", want.file, names)
		}
	}
	return nil
}
