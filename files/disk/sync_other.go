//go:build !unix

package disk

import "os"

// syncDir does nothing: on this system names are durable without it.
func syncDir(string) error { return nil }

// lockFile does nothing: on this system the lock of the database must do.
func lockFile(*os.File, bool) error { return nil }
