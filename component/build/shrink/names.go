package shrink

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// programPrefixes holds the beginnings of the names of the program's own functions.
var programPrefixes = []string{"hallway/", "main."}

// shortenNames shortens the names of functions outside of the program to their packages: a trace of a panic then says "runtime." or
// "strings." for them. The dot stays, because the runtime does not show functions without one, and hides its own.
func (p *program) shortenNames(functions []function) error {
	names := p.memory[p.base+int(p.header.Names) : p.base+int(p.header.Units)]
	var table []byte
	places := map[string]uint32{}
	for i := range functions {
		f := &functions[i]
		name, _, ends := bytes.Cut(names[min(int(f.header.Name), len(names)):], []byte{0})
		if !ends {
			return errLayout
		}
		short := shortName(string(name))
		place, known := places[short]
		if !known {
			place = uint32(len(table))
			places[short] = place
			table = append(append(table, short...), 0)
		}
		f.header.Name = place
		binary.LittleEndian.PutUint32(f.bytes[nameOffset:], place)
	}
	if len(table) > len(names) {
		return errLayout
	}
	clear(names)
	copy(names, table)
	return nil
}

// shortName returns the shortened name of a function.
func shortName(name string) string {
	for _, prefix := range programPrefixes {
		if strings.HasPrefix(name, prefix) {
			return name
		}
	}
	path, _, _ := strings.Cut(name, "[") // without the packages of type parameters
	begin := strings.LastIndexByte(path, '/') + 1
	end := strings.IndexByte(path[begin:], '.')
	if end < 0 {
		return name
	}
	return path[:begin+end+1]
}
