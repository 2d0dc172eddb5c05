package shrink

import "encoding/binary"

// dropLines removes the names of files and the lines of all instructions from the tables. They are an eighth of the module, and only
// traces of panics use them. A trace still names each function that was not inlined. It also removes the places where a signal must
// not stop a goroutine, because wasm has no signals.
func (p *program) dropLines(functions []function) error {
	bytes := p.memory[p.base+int(p.header.Tab) : p.base+int(p.header.Fn)]
	tables := &tables{bytes: bytes, kept: make([]bool, len(bytes)), dropped: make([]bool, len(bytes))}
	for _, f := range functions {
		h := &f.header
		tables.keep(h.SP)
		tables.drop(h.File)
		tables.drop(h.Line)
		h.File, h.Line, h.Unit, h.StartLine = noTable, noTable, noFuncData, 0
		if _, err := binary.Encode(f.bytes, binary.LittleEndian, h); err != nil {
			return err
		}
		for i := range int(h.PCData) {
			offset := binary.LittleEndian.Uint32(f.pcData(i))
			if i == pcUnsafe || i == pcInlined || i == pcArgsLive {
				tables.drop(offset)
				binary.LittleEndian.PutUint32(f.pcData(i), noTable)
			} else {
				tables.keep(offset)
			}
		}
	}
	clear(p.memory[p.base+int(p.header.Units) : p.base+int(p.header.Tab)]) // names of files
	return tables.clear()
}

// tables holds the tables from program counters to values. Functions share them, so another function may need a table that one drops.
type tables struct {
	bytes         []byte
	kept, dropped []bool
	failed        bool
}

func (t *tables) keep(offset uint32) { t.mark(t.kept, int(offset)) }
func (t *tables) drop(offset uint32) { t.mark(t.dropped, int(offset)) }

// clear writes zeros over each table that all its functions drop.
func (t *tables) clear() error {
	if t.failed {
		return errLayout
	}
	for i := range t.bytes {
		if t.dropped[i] && !t.kept[i] {
			t.bytes[i] = 0
		}
	}
	return nil
}

// mark marks the table at an offset. A table is a list of pairs of varints: a difference of values, and a difference of program
// counters. It ends with a zero after the first value.
func (t *tables) mark(marks []bool, offset int) {
	if offset == noTable || t.failed {
		return
	}
	at := offset
	for first := true; ; first = false {
		value, n := binary.Uvarint(t.bytes[min(at, len(t.bytes)):])
		if n <= 0 {
			t.failed = true
			return
		}
		at += n
		if value == 0 && !first {
			break
		}
		_, n = binary.Uvarint(t.bytes[at:])
		if n <= 0 {
			t.failed = true
			return
		}
		at += n
	}
	for i := offset; i < at; i++ {
		marks[i] = true
	}
}
