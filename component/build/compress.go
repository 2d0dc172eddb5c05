package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

// compressDraft compresses data for `Content-Encoding: br` quickly.
func compressDraft(data []byte) ([]byte, error) { return brotliAt(4, data) }

// compress compresses data for `Content-Encoding: br` as much as brotli can. That takes seconds for a module, so it keeps the result
// in the user's cache, under the hash of the data.
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
		keep(cached, small) // a failure only makes the next build slower
	}
	return small, err
}

// brotliAt compresses data with a quality of brotli, from 0 to 11.
func brotliAt(quality int, data []byte) ([]byte, error) {
	var small bytes.Buffer
	w := brotli.NewWriterOptions(&small, brotli.WriterOptions{Quality: quality, LGWin: 24})
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err := w.Close()
	return small.Bytes(), err
}

// keep writes a file atomically. It ignores errors.
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
