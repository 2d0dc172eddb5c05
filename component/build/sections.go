package main

import (
	"encoding/binary"
	"errors"
)

// sectionData is the id of the section with what a module's memory holds at first.
const sectionData = 11

var errModule = errors.New("not a WebAssembly module as the Go linker writes it")

// memory is what a module's memory holds at first.
type memory struct {
	bytes    []byte
	segments []segment
}

// segment is where a piece of the memory stands in the module.
type segment struct{ address, at, size int }

// readMemory puts together the module's data segments.
func readMemory(wasm []byte) (memory, error) {
	r := wasmReader{data: wasm, at: 8} // after magic and version
	for r.at < len(wasm) && !r.failed {
		id, size := r.byte(), r.uint()
		if id == sectionData {
			return r.segments()
		}
		r.at += size
	}
	return memory{}, errModule
}

// segments reads the data section. Each segment is for memory 0, at a constant address.
func (r *wasmReader) segments() (memory, error) {
	const i32Const, end = 0x41, 0x0b
	var m memory
	for range r.uint() {
		kind, code, address, stop, size := r.byte(), r.byte(), r.int(), r.byte(), r.uint()
		if r.failed || kind != 0 || code != i32Const || stop != end || address < 0 || r.at+size > len(r.data) {
			return m, errModule
		}
		if more := address + size - len(m.bytes); more > 0 {
			m.bytes = append(m.bytes, make([]byte, more)...)
		}
		copy(m.bytes[address:], r.data[r.at:r.at+size])
		m.segments = append(m.segments, segment{address, r.at, size})
		r.at += size
	}
	return m, nil
}

// write puts the memory back into the module that it was read from.
func (m *memory) write(wasm []byte) {
	for _, s := range m.segments {
		copy(wasm[s.at:], m.bytes[s.address:s.address+s.size])
	}
}

// wasmReader reads a module's numbers; failed says that one was not there.
type wasmReader struct {
	data   []byte
	at     int
	failed bool
}

func (r *wasmReader) byte() byte {
	if r.at >= len(r.data) {
		r.failed = true
		return 0
	}
	r.at++
	return r.data[r.at-1]
}

// uint reads an unsigned number in LEB128.
func (r *wasmReader) uint() int {
	if r.at < len(r.data) {
		if v, n := binary.Uvarint(r.data[r.at:]); n > 0 && v < 1<<31 {
			r.at += n
			return int(v)
		}
	}
	r.failed = true
	return 0
}

// int reads a signed number in LEB128.
func (r *wasmReader) int() int {
	v, shift := 0, 0
	for {
		b := r.byte()
		v |= int(b&0x7f) << shift
		shift += 7
		if b < 0x80 || shift > 35 {
			if b&0x40 != 0 {
				v -= 1 << shift
			}
			return v
		}
	}
}
