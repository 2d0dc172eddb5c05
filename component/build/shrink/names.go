package shrink

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// programPrefixes begin the names of the program's own functions.
var programPrefixes = []string{"hallway/", "main."}

// shortenNames leaves the package alone of the names of functions that are not the program's own: a trace of a panic then says
// "runtime." or "strings." for those. The dot stays, because the runtime shows no function without one, and hides its own.
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

// shortName returns the name of a function as the module keeps it.
func shortName(name string) string {
	for _, prefix := range programPrefixes {
		if strings.HasPrefix(name, prefix) {
			return name
		}
	}
	path, _, _ := strings.Cut(name, "[") // the packages of type parameters do not count
	begin := strings.LastIndexByte(path, '/') + 1
	end := strings.IndexByte(path[begin:], '.')
	if end < 0 {
		return name
	}
	return path[:begin+end+1]
}
