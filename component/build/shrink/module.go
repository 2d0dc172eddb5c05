package shrink

import "encoding/binary"

// Module applies the steps that work on a linked module.
func Module(wasm []byte, on Set) ([]byte, error) {
	if !on["lines"] && !on["funcdata"] && !on["findfunc"] && !on["segments"] {
		return wasm, nil
	}
	memory, err := readMemory(wasm)
	if err != nil {
		return nil, err
	}
	p, err := readProgram(memory)
	if err != nil {
		return nil, err
	}
	functions, err := p.functions()
	if err != nil {
		return nil, err
	}
	if on["names"] && on["funcdata"] { // the descriptions of inlined code use names, too
		if err := p.shortenNames(functions); err != nil {
			return nil, err
		}
	}
	if on["funcdata"] {
		if err := p.dropFuncData(functions); err != nil {
			return nil, err
		}
	}
	if on["lines"] {
		if err := p.dropLines(functions); err != nil {
			return nil, err
		}
	}
	if on["findfunc"] {
		if err := p.dropFindTab(functions); err != nil {
			return nil, err
		}
	}
	gap := gapMin
	if !on["segments"] {
		gap = 8 // about the linker's gap
	}
	return writeMemory(wasm, memory, gap)
}

// dropFindTab writes zeros over data that the runtime does not need or makes itself (patches/findfunc.diff): the table from program
// counters to functions, which has 16 buckets for each function except the last; the list of the functions' positions; their numbers.
func (p *program) dropFindTab(functions []function) error {
	const bucket = 4 + 16 // bytes of runtime.findfuncbucket
	from := p.data.FindTab
	to := from + (p.header.Funcs-1)*16*bucket
	if to > uint64(len(p.memory)) {
		return errLayout
	}
	clear(p.memory[from:to])
	list := p.memory[p.base+int(p.header.Fn):]
	first := binary.LittleEndian.Uint32(list) // the first entry stays
	for i, f := range functions {
		entry := list[8*i : 8*i+8]
		if isOther(entry, first+uint32(i)) || isOther(f.bytes, first+uint32(i)) {
			return errLayout
		}
		if i == 0 {
			entry = entry[4:]
		}
		clear(entry)
		clear(f.bytes[:nameOffset])
	}
	return nil
}
