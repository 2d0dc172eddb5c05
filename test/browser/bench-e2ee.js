// How long the ciphers of an encrypted chat take in Chromium: `make bench-e2ee`. Prints a table, and fails where a figure is above its
// limit. The work is as the chat hands it over: one call a batch.

import { chromium } from '@playwright/test';
import config from './playwright.config.js';
import { startSite } from './site.js';

const RUNS = 5;
const LIMITS_MS = { '500 messages opened': 250, '50 messages opened': 25, 'a turn for 1,000 devices': 2000 };

const site = await startSite();
const browser = await chromium.launch(config.use.launchOptions);
const page = await browser.newPage();
await page.goto(`${site.url}/chats.html`);
console.log('preparing 1,000 devices …');
const times = await page.evaluate(async (runs) => {
  const { createCipher } = await import('/dist/e2ee.js');
  const { measure } = await import('/bench-e2ee.js');
  return measure(createCipher, runs);
}, RUNS);
await browser.close();
await site.close();

console.log('| | median ms | least | most | limit |\n| --- | --- | --- | --- | --- |');
let slow = false;
for (const [name, limit] of Object.entries(LIMITS_MS)) {
  const sorted = times[name].sort((a, b) => a - b);
  const figures = [sorted[RUNS >> 1], sorted[0], sorted.at(-1)].map(Math.round);
  console.log(`| ${name} | ${figures.join(' | ')} | ${limit} |`);
  slow ||= figures[0] > limit;
}
if (slow) {
  console.error('bench-e2ee: a median is above its limit');
  process.exitCode = 1;
}
