// Command build makes the npm package's dist/ from the sources, with Go alone: no Node is needed.
//
//	go run ./component/build -out dist
//
// It writes
//
//   - chat.wasm, the chat program of component/wasm, built with small stand-ins for parts of the standard library (overlay/),
//     made smaller by the steps of package shrink, and stamped with the package's version (module.go);
//   - index.js, the element's modules in one, without comments and white space: the sources, the toolchain's own
//     lib/wasm/wasm_exec.js wrapped so that its global is a parameter (adapt.go), and the theme's sheets;
//   - define.js and react.js, which import index.js; e2ee.js, the ciphers of encrypted chats; and the types, unchanged;
//   - themes/ for a host's page and custom-elements.json, made from component/theme and the element's manifest (theme.go);
//   - integrity.json, the hash of chat.wasm.
//
// It writes the demo's files, compressed, to examples/demo/dist. The same sources and toolchain give the same bytes in any folder.
//
// The main function is run (main.go). To ship another file, write it there and name it in package.json. TestPackageIsComplete
// checks both.
//
// # What this package must not know
//
// The behaviour of the chat program. It only compiles, bundles and compresses.
package main
