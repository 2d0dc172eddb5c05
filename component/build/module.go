package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"hallway/component/build/shrink"
)

// versionSection is the name of the custom section of chat.wasm that holds the package's version. The element refuses to run a
// module of another version; loader.js looks for the section at the module's end.
const versionSection = "hallway.version"

// module is the compiled chat program as it ships.
type module struct {
	version string
	wasm    []byte
}

// newModule stamps a compiled program with the package's version.
func newModule(program []byte, version string) module {
	return module{version: version, wasm: append(program, customSection(versionSection, version)...)}
}

// compileModule builds the chat program of component/wasm: with stand-ins for the standard library and the chosen steps of
// shrink, or plain, as the go command would. It calls progress before a part that takes long.
func compileModule(tool shrink.Toolchain, plain bool, on shrink.Set, progress func(string)) (module, error) {
	version, err := packageVersion(tool)
	if err != nil {
		return module{}, err
	}
	dir, err := os.MkdirTemp("", "hallway-build-")
	if err != nil {
		return module{}, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "chat.wasm")
	c := compilation{tool: tool, dir: dir, plain: plain, on: on, progress: progress}
	if err := c.compile("./component/wasm", path); err != nil {
		return module{}, err
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return module{}, err
	}
	if !plain {
		if program, err = shrink.Module(program, on); err != nil {
			return module{}, err
		}
	}
	return newModule(program, version), nil
}

// hash returns the module's SHA-256 in hex.
func (m module) hash() string {
	sum := sha256.Sum256(m.wasm)
	return hex.EncodeToString(sum[:])
}

// integrity returns the module's SHA-256 in the form of the attribute integrity.
func (m module) integrity() string {
	sum := sha256.Sum256(m.wasm)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// integrityFile returns integrity.json: version, hash and size of chat.wasm, for people who serve or audit it.
func integrityFile(m module) file {
	data, err := json.MarshalIndent(map[string]any{
		"version":   m.version,
		"chat.wasm": map[string]any{"sha256": m.hash(), "integrity": m.integrity(), "bytes": len(m.wasm)},
	}, "", "  ")
	if err != nil {
		panic(err) // strings and numbers only
	}
	return file{"integrity.json", append(data, '\n')}
}

// customSection returns a section that an engine skips: the id 0, its size, the size of its name, name and content.
func customSection(name, content string) []byte {
	var body bytes.Buffer
	body.Write(binary.AppendUvarint(nil, uint64(len(name))))
	body.WriteString(name + content)
	section := binary.AppendUvarint([]byte{0}, uint64(body.Len()))
	return append(section, body.Bytes()...)
}
