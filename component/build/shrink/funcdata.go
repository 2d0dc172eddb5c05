package shrink

import (
	"encoding/binary"
	"slices"
)

// dropFuncData writes zeros over the descriptions of inlined code and of arguments, which only traces of panics read. The data that
// the garbage collector needs (maps of pointers, stack objects) stays, and so do deferred calls.
func (p *program) dropFuncData(functions []function) error {
	kept, dropped := map[uint32]bool{}, map[uint32]bool{}
	for _, f := range functions {
		for i := range int(f.header.FuncData) {
			offset := binary.LittleEndian.Uint32(f.funcData(i))
			switch {
			case offset == noFuncData:
			case i == fnInlined || i == fnArgs || i == fnArgsLiveInfo:
				dropped[offset] = true
				binary.LittleEndian.PutUint32(f.funcData(i), noFuncData)
			default:
				kept[offset] = true
			}
		}
	}
	// The linker does not record sizes: each piece of data ends at the next one. The end of the last one is unknown, so it stays.
	var offsets []uint32
	for offset := range dropped {
		offsets = append(offsets, offset)
	}
	for offset := range kept {
		if !dropped[offset] {
			offsets = append(offsets, offset)
		}
	}
	slices.Sort(offsets)
	for i, offset := range offsets[:max(len(offsets)-1, 0)] {
		from, to := p.data.FuncData+uint64(offset), p.data.FuncData+uint64(offsets[i+1])
		if to > uint64(len(p.memory)) {
			return errLayout
		}
		if !kept[offset] {
			clear(p.memory[from:to])
		}
	}
	return nil
}
