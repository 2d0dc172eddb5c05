// Measures the time from a chat's element to a composer that takes text: `make bench-load`. Prints a table, and does not fail if the
// times are long. The host is the demo's page, with the compressed module, whose name contains its hash.

import { chromium } from '@playwright/test';
import config from './playwright.config.js';
import { Relay } from './relay.js';

const RUNS = 9;

/** Records the times when the first element and its composer appear. Runs in the page before its own scripts. */
function watchComposer() {
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (...args) {
    window.elementAt ??= performance.now();
    return attachShadow.apply(this, args);
  };
  const look = () => {
    const composer = document.querySelector('hallway-chat')?.shadowRoot?.querySelector('textarea');
    if (composer) window.interactiveAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function timeLoad(page, load) {
  await load();
  await page.waitForFunction(() => window.interactiveAt);
  return page.evaluate(() => window.interactiveAt - window.elementAt);
}

const relay = await Relay.start(['--demo']);
const browser = await chromium.launch(config.use.launchOptions);
const times = { 'first load': [], 'cached, new page': [] };
for (let run = 0; run < RUNS; run++) {
  const context = await browser.newContext();
  await context.addInitScript(watchComposer);
  for (const name of Object.keys(times)) {
    const page = await context.newPage();
    times[name].push(await timeLoad(page, () => page.goto(`${relay.url}/?as=organizer`)));
    await page.waitForTimeout(500); // until the browser has stored the compiled module in its cache
    await page.close();
  }
  await context.close();
}
await browser.close();
await relay.stop();
console.log('| | median ms | least | most |\n| --- | --- | --- | --- |');
for (const [name, all] of Object.entries(times)) {
  const sorted = [median(all), Math.min(...all), Math.max(...all)].map(Math.round);
  console.log(`| ${name} | ${sorted.join(' | ')} |`);
}
