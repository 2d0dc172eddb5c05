// Package files says how the bytes of uploaded files are stored. The main type is the interface [Store]; folders
// (files/disk) and buckets (files/s3) implement it, and package filestest has the tests for all of them.
//
//	files/disk       a folder
//	files/s3         a bucket
//	files/filestest  what every Store must do
//	files/media      what the bytes are; pictures without metadata, and their thumbnails
//	files/scan       asks a scanner for malware
//	files/intake     the way of an upload: received, scanned, looked at, stored
//	files/apart      looks at pictures in processes of their own
//	files/collect    deletes the bytes that no message needs any more
//
// A blob is a run of bytes under a key. It is stored once, never changed, and found again whole or not at all, also
// after a crash. Its key is made by the relay from random bits: nothing of what a client says is part of it.
//
// To add a kind of store, implement [Store] in a package below this one and run filestest on it; the command's flag
// --files chooses between them.
//
// # What this package must not know
//
// Rooms, users and messages: the database says which blob belongs to which file.
package files
