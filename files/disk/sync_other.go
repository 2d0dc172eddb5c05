//go:build !unix

package disk

import "os"

// syncDir does nothing: this system keeps names by itself.
func syncDir(string) error { return nil }

// lockFile does nothing: the lock of the database is enough where this system has none.
func lockFile(*os.File, bool) error { return nil }
