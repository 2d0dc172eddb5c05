// Command build makes the npm package's dist/ from the sources, with Go alone: no Node is needed.
//
//	go run ./component/build -out dist
//
// It writes
//
//   - chat.wasm, the chat program of component/wasm, built with the standard net/http replaced by the stub in overlay/
//     (the program speaks HTTP through the browser's fetch; the real package would make it a third larger);
//   - go_exec.js, the toolchain's own lib/wasm/wasm_exec.js wrapped so that its global is a parameter;
//   - wasm_exec.js and the element's modules and types, as they are in the sources;
//   - styles.js and version.js, made from component/theme and package.json,
//
// and copies what the demo needs to examples/demo/dist. It must not know what the chat program does.
package main
