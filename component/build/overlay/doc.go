// Package overlay holds, in a folder by the name of each, small packages that stand in for packages of the standard library
// in the browser build, through `go build -overlay` (see component/build). Dependencies name the real ones in code that no
// browser reaches, and the linker would keep what they bring.
//
// A stand-in does what it does as the real one does, or fails at once and says so: never a made-up answer. What is in the
// browser build alone sees them; the same sources build with the real packages, and a test keeps that so.
package overlay
