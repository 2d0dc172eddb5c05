package shrink

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
		if err := p.dropFindTab(); err != nil {
			return nil, err
		}
	}
	gap := gapMin
	if !on["segments"] {
		gap = 8 // about the linker's gap
	}
	return writeMemory(wasm, memory, gap)
}

// dropFindTab writes zeros over the table from program counters to functions, which the runtime does without: see
// patches/findfunc.diff. It has 16 buckets for each function but the last.
func (p *program) dropFindTab() error {
	const bucket = 4 + 16 // bytes of runtime.findfuncbucket
	from := p.data.FindTab
	to := from + (p.header.Funcs-1)*16*bucket
	if to > uint64(len(p.memory)) {
		return errLayout
	}
	clear(p.memory[from:to])
	return nil
}
