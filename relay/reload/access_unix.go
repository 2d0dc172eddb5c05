//go:build unix

package reload

import "os"

// openToAll reports whether users other than a file's owner and group may read or write it.
func openToAll(path string) bool {
	const othersReadWrite = 0o006
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&othersReadWrite != 0
}
