// Package overlay holds small packages that stand in for packages of the standard library in the browser build, through
// `go build -overlay` (see component/build). A stand-in's folder has the package's name. Dependencies use the real packages in code
// that does not run in a browser, and the linker would keep the code of these packages.
//
// A stand-in does the same as the real package, or fails at once with a clear error. It never returns a wrong result. Only the
// browser build uses stand-ins. A test checks that the same sources also build with the real packages.
//
// Start with fmt, the stand-in with most behaviour. To add a stand-in, write a folder with the package's name and the declarations
// that dependencies use, with a test beside it.
// A stand-in must not know the chat.
//
// This list has the KB that each stand-in saves of chat.wasm's 721 KB, compressed by brotli (go1.26.8, with all steps of package
// shrink). Remove a stand-in that saves less than 1 %:
//
//	encoding/json              42 KB
//	crypto/aes, crypto/cipher  41 KB
//	crypto/md5, crypto/sha1    36 KB
//	crypto/rand                33 KB, with the real fmt, which it needs
//	fmt                        23 KB
//	html                       20 KB
//	internal/godebug           19 KB
//	regexp                     17 KB
//	net/netip                  16 KB
//	net, net/http              not measured: the real ones build only with each other and the real net/netip
package overlay
