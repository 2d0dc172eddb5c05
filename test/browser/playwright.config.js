import { defineConfig } from '@playwright/test';

/** Quiet flags: nothing leaves the machine. A root user (a container) has no sandbox to offer. */
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
  workers: 2, // a test mostly waits; each has its own relay, database and browsers
  retries: 0, // a flake is a defect
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM || undefined, args },
  },
});
