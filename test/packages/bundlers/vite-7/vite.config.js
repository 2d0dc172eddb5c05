// Vite before version 8 bundles dependencies ahead while developing, and leaves behind what stands beside them.
export default { optimizeDeps: { exclude: ['hallway-chat'] } };
