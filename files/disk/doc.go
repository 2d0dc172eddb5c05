// Package disk keeps blobs as files in a folder. The main type is [Store].
//
//	ab/ab12…   a blob; the first two characters of its key name the folder
//	tmp/       blobs that are not complete; emptied when the store is opened
//	lock       locked while a relay uses the folder
//
// A blob is written under a temporary name, synced, and renamed; then its folder is synced. So after a crash a blob is
// complete or missing.
//
// A new requirement for every store is a method of [files.Store] first, with a test in files/filestest.
//
// # What this package must not know
//
// The meaning of keys: it accepts any key that [files.ValidKey] accepts.
package disk
