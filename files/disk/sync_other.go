//go:build !unix

package disk

import "os"

// syncDir does nothing, because on this system names are durable without it.
func syncDir(string) error { return nil }

// lockFile does nothing, because on this system the lock of the database is enough.
func lockFile(*os.File, bool) error { return nil }
