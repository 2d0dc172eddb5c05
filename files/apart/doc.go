// Package apart decodes pictures in separate processes, one for each picture. A decoder's memory and time belong to
// that process and not to the relay: it has a low priority and one processor, and when memory runs short, the system
// ends it first. The relay's garbage collector does not see its pixels, and a decoder that crashes ends only its own
// process.
//
// Start with [Processor], the relay's side; [Main] is the side of the process. On a system where a process cannot
// inherit open files, the relay decodes pictures itself. A new result of decoding is a field of found.
//
// # What this package must not know
//
// Formats of pictures, and places of files: packages media and intake.
package apart
