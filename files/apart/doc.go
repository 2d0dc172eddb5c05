// Package apart looks at pictures in processes of their own, which end with their picture. What a decoder takes of memory and
// processors is theirs and not the relay's: they have a low priority, one processor each, and go first when memory runs
// short. The relay's garbage collector does not see their pixels, and a decoder that crashes takes nothing with it.
//
// Start with [Looker], which is the relay's side; [Main] is the other one. Where a system cannot hand open files to a process,
// pictures are looked at in the relay's own.
//
// # What this package must not know
//
// What a picture is, and where files are stored: packages media and intake.
package apart
