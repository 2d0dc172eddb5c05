import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { api } from './server/api.mjs';

export default defineConfig({
  plugins: [
    react(),
    { name: 'api', configureServer: (server) => void server.middlewares.use(api) }, // in production: server/main.mjs
  ],
});
