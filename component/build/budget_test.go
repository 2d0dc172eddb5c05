package main

import (
	"slices"
	"testing"

	"hallway/component/build/shrink"
)

// The budget of a page, in bytes compressed by brotli. A commit that raises it says why.
const (
	pageBytesMax   = 735_000 // chat.wasm and index.js; 31,000 are the code of end-to-end encryption, 49,800 that of files
	scriptBytesMax = 16_384  // index.js without the styles in it
	cipherBytesMax = 4_096   // e2ee.js, which only encrypted chats load
)

func TestPackageKeepsToItsBudget(t *testing.T) {
	tool := toolchainUnderTest(t)
	m, err := compileModule(tool, false, shrink.All(), func(what string) { t.Log(what) })
	if err != nil {
		t.Fatal(err)
	}
	sources, err := modules(tool, m)
	if err != nil {
		t.Fatal(err)
	}
	program := compressedSize(t, m.wasm)
	all := compressedSize(t, bundled(t, sources))
	i := slices.IndexFunc(sources, func(f file) bool { return f.name == "styles.js" })
	sources[i].data = []byte("export const base = '', dark = '';")
	script := compressedSize(t, bundled(t, sources))

	ciphers := compressedSize(t, made(t, sources, cipherModule))

	t.Logf("e2ee.js %d", ciphers)
	if ciphers > cipherBytesMax {
		t.Errorf("e2ee.js has %d bytes, the limit is %d", ciphers, cipherBytesMax)
	}
	t.Logf("chat.wasm %d (%d as it is), index.js %d (%d without its styles)", program, len(m.wasm), all, script)
	if program+all > pageBytesMax {
		t.Errorf("a page loads %d bytes, the limit is %d", program+all, pageBytesMax)
	}
	if script > scriptBytesMax {
		t.Errorf("the JavaScript has %d bytes, the limit is %d", script, scriptBytesMax)
	}
}

// bundled returns index.js.
func bundled(t *testing.T, sources []file) []byte {
	t.Helper()
	return made(t, sources, "index.js")
}

// made returns the content of a file of the package.
func made(t *testing.T, sources []file, name string) []byte {
	t.Helper()
	files, err := bundle(sources)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f file) bool { return f.name == name })
	return files[i].data
}

func compressedSize(t *testing.T, data []byte) int {
	t.Helper()
	small, err := compress(data)
	if err != nil {
		t.Fatal(err)
	}
	return len(small)
}
