// Package files defines the storage of uploaded files. The main type is the interface [Store]; folders
// (files/disk) and buckets (files/s3) implement it, and package filestest tests every implementation.
//
//	files/disk       a folder
//	files/s3         a bucket
//	files/filestest  the tests that every Store passes
//	files/media      types of files; pictures without metadata, and their thumbnails
//	files/scan       asks a scanner for malware
//	files/intake     receives, scans, inspects and stores an upload
//	files/apart      decodes each picture in a separate process
//	files/collect    deletes unneeded bytes
//
// A blob is a run of bytes under a key. It is stored once and never changed. A reader finds it complete or not at all,
// even after a crash. The relay makes the key from random bits; no input of a client is part of it.
//
// To add a kind of store, implement [Store] in a package below this one and run filestest on it; the command's flag
// --files chooses between them.
//
// # What this package must not know
//
// Rooms, users and messages: the database tells which blob belongs to which file.
package files
