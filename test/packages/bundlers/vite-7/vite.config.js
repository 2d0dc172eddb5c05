// In development Vite before version 8 bundles dependencies ahead of time, without the files beside them such as chat.wasm.
export default { optimizeDeps: { exclude: ['hallway-chat'] } };
