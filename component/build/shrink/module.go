package shrink

import "encoding/binary"

// Module returns the linked module with the steps applied that work on it.
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
	if on["names"] && on["funcdata"] { // descriptions of inlined code have names, too
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

// dropFindTab writes zeros over what the runtime does without or makes at the start (patches/findfunc.diff): the table from program
// counters to functions, which has 16 buckets for each function but the last; the list of places of functions; their numbers.
func (p *program) dropFindTab(functions []function) error {
	const bucket = 4 + 16 // bytes of runtime.findfuncbucket
	from := p.data.FindTab
	to := from + (p.header.Funcs-1)*16*bucket
	if to > uint64(len(p.memory)) {
		return errLayout
	}
	clear(p.memory[from:to])
	list := p.memory[p.base+int(p.header.Fn):]
	first := binary.LittleEndian.Uint32(list) // stays
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
