package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

const syncedBytes = 8 << 10

// fdatasyncs returns how many times a second the disk of a folder makes 8 KiB durable: always at the same place, or each time
// behind the last.
func fdatasyncs(folder string, appending bool, d time.Duration) (float64, error) {
	path := filepath.Join(folder, "raw")
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(path)
	}()
	block := make([]byte, syncedBytes)
	at, n := int64(0), 0
	begin := time.Now()
	for time.Since(begin) < d {
		if _, err := file.WriteAt(block, at); err != nil {
			return 0, err
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			return 0, os.NewSyscallError("fdatasync", err)
		}
		if appending {
			at += syncedBytes
		}
		n++
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

// onDisk refuses a folder in memory: a sync costs nothing there.
func onDisk(folder string) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		return os.NewSyscallError("statfs", err)
	}
	if fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC {
		return fmt.Errorf("%s is in memory, where nothing is made durable: name a folder on a disk by TMPDIR", folder)
	}
	return nil
}
