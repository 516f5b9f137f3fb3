// One person in Firefox: opens the page of the call, joins a room, and does what it is told, a line at a time.
//
//     node call.mjs URL PROFILE
//
// Each line on stdin is a piece of JavaScript, run in the page, or `click SELECTOR`, `go URL` or `complaints`; each line on
// stdout is what came of it, as JSON. Firefox is
// driven over WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/): Debian has no geckodriver.

import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';

const [url, profile] = process.argv.slice(2);

const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: '/usr/bin/firefox-esr',
  headless: true,
  userDataDir: profile,
  extraPrefsFirefox: {
    // A camera and a microphone that are always there and always allowed.
    'media.navigator.streams.fake': true,
    'media.navigator.permission.disabled': true,
    'media.autoplay.default': 0,
    // The page speaks English.
    'intl.accept_languages': 'en',
  },
});
const page = await browser.newPage();
const complaints = [];
page.on('pageerror', (error) => complaints.push(String(error)));
await page.goto(url);
// Whoever ends this program also ends the browser, which has a group of processes of its own.
console.log(JSON.stringify({ open: browser.process().pid }));

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    if (line.startsWith('click ')) await page.click(line.slice('click '.length));
    else if (line.startsWith('go ')) await page.goto(line.slice('go '.length));
    else said = await page.evaluate(line);
  } catch (error) {
    said = { error: String(error) };
  }
  console.log(JSON.stringify(line === 'complaints' ? complaints : (said ?? null)));
}
await browser.close();
