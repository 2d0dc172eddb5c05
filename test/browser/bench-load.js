// How long a chat takes from its element to a composer that one can write in: `make bench-load`. Prints a table; nothing here fails
// for being slow. The demo's page serves as the host: the module compressed, with its hash in its name.

import { chromium } from '@playwright/test';
import config from './playwright.config.js';
import { Relay } from './relay.js';

const RUNS = 9;

/** Notes when the first element and its composer are there. Runs in the page before its own scripts. */
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
    await page.waitForTimeout(500); // the browser writes what it compiled beside the response
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
