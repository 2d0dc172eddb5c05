package protocol

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each benchmark has a golden file as its input: BenchmarkDecode/relay/message.

func BenchmarkDecode(b *testing.B) {
	eachGolden(b, func(b *testing.B, dir string, data []byte) {
		for b.Loop() {
			if dir == "client" {
				_, _ = DecodeClient(data, testLimits)
			} else {
				_, _ = DecodeRelay(data)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	eachGolden(b, func(b *testing.B, dir string, data []byte) {
		var encode func(dst []byte) []byte
		if dir == "client" {
			frame, _ := DecodeClient(data, testLimits)
			encode = func([]byte) []byte { return Encode(frame) }
		} else {
			frame, _ := DecodeRelay(data)
			encode = frame.Append
		}
		var buf []byte
		for b.Loop() {
			buf = encode(buf[:0])
		}
	})
}

func eachGolden(b *testing.B, f func(b *testing.B, dir string, data []byte)) {
	for _, dir := range []string{"client", "relay"} {
		paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.json"))
		if err != nil || len(paths) == 0 {
			b.Fatal("no golden files in", dir, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(dir+"/"+strings.TrimSuffix(filepath.Base(path), ".json"), func(b *testing.B) {
				b.ReportAllocs()
				f(b, dir, data)
			})
		}
	}
}
