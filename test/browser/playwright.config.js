import { defineConfig } from '@playwright/test';

/** Flags that keep Chromium from using the network. A root user, as in a container, cannot use its sandbox. */
const args = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: '.',
  testMatch: '*.test.js',
  outputDir: 'results',
  workers: 2, // tests mostly wait, and each has a separate relay, database and browser
  retries: 0, // a flake is a defect
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM || undefined, args },
  },
});
