package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

// compressDraft returns data as a server sends it with `Content-Encoding: br`, made in a moment.
func compressDraft(data []byte) ([]byte, error) { return brotliAt(4, data) }

// compress returns data as a server sends it with `Content-Encoding: br`, as small as brotli can. That takes seconds for a module,
// so what was compressed before is kept in the user's cache, by its hash.
func compress(data []byte) ([]byte, error) {
	sum := sha256.Sum256(data)
	cached := ""
	if folder, err := os.UserCacheDir(); err == nil {
		cached = filepath.Join(folder, "hallway-build", hex.EncodeToString(sum[:])+".br")
		if small, err := os.ReadFile(cached); err == nil {
			return small, nil
		}
	}
	small, err := brotliAt(brotli.BestCompression, data)
	if err == nil && cached != "" {
		keep(cached, small) // a cache that cannot be written is only slow
	}
	return small, err
}

// brotliAt returns data compressed at a quality of brotli's, from 0 to 11.
func brotliAt(quality int, data []byte) ([]byte, error) {
	var small bytes.Buffer
	w := brotli.NewWriterOptions(&small, brotli.WriterOptions{Quality: quality, LGWin: 24})
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err := w.Close()
	return small.Bytes(), err
}

// keep writes a file at once and whole, or not at all.
func keep(path string, data []byte) {
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	half, err := os.CreateTemp(filepath.Dir(path), "half-*")
	if err != nil {
		return
	}
	_, err = half.Write(data)
	if half.Close() == nil && err == nil {
		err = os.Rename(half.Name(), path)
	}
	if err != nil {
		os.Remove(half.Name())
	}
}
