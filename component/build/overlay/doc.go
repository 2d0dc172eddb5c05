// Package overlay holds small packages that stand in for packages of the standard library in the browser build, through
// `go build -overlay` (see component/build); a stand-in's folder has the package's name. Dependencies name the real ones in code
// that no browser reaches, and the linker would keep their code.
//
// A stand-in does the same as the real package, or fails at once and says so; it never makes an answer up. Only the browser
// build sees them. The same sources build with the real packages, and a test keeps that so.
//
// What each one saves of chat.wasm's 721 KB, compressed by brotli (go1.26.8, all steps of package shrink on); one that saves under
// 1 % goes:
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
