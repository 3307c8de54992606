// A browser for the tests of the built page: where it is, how it starts, and what every page must keep to.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

/** The site with the headers that isolate it, and without them. */
export const SITES = [
  { name: 'isolated', url: process.env.FAULTLINE_URL ?? 'http://localhost:8000/', isolated: true },
  { name: 'plain', url: process.env.FAULTLINE_URL_PLAIN ?? 'http://localhost:8001/', isolated: false },
];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch() {
  return chromium.launch({ executablePath: process.env.FAULTLINE_CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/** Opens the page at the race of D23155, unless the address says where, and waits until it stands there. `close` fails if the console had errors. */
export async function open(browser, url, options = {}) {
  const opened = await visit(browser, /[?#]/.test(url) ? url : `${url}?scenario=t3-story`, options);
  await opened.page.locator('fl-diagram svg .object-box').first().waitFor();
  return opened;
}

/** Opens the front door and waits until its cards are there; `prepare` has the context first. */
export async function openFront(browser, url, options = {}, prepare = async () => {}) {
  const opened = await visit(browser, url, options, prepare);
  await opened.page.locator('fl-card').first().waitFor();
  return opened;
}

/** `tolerates` fits what the console may complain of. */
async function visit(browser, url, { tolerates, ...options }, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const errors = await watchPolicy(context);
  await prepare(context);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  const close = async () => {
    await context.close();
    assert.deepEqual(errors.filter((text) => !tolerates?.test(text)), []);
  };
  return { page, close };
}

/**
 * What the pages of a context do that their policy forbids, from now on: nothing they run, show or load may come from
 * elsewhere. Every test of a page looks at it, for its console has it among the errors.
 */
async function watchPolicy(context) {
  const violations = [];
  await context.exposeBinding('reportViolation', (_, text) => violations.push(text));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      void globalThis.reportViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sample} (${event.sourceFile}:${event.lineNumber})`);
    });
  });
  return violations;
}

/** Where the player stands, as the page itself says it. */
export async function position(page) {
  const text = await page.getByLabel('Position').innerText();
  const [, at, length] = /step (\d+) of (\d+)/.exec(text) ?? [];
  return { at: Number(at), length: Number(length) };
}

/** Waits until the player stands somewhere else than at `before`. */
export async function moved(page, before) {
  await page.waitForFunction(
    (was) => document.querySelector('fl-app')?.player.position !== was,
    before,
  );
  return position(page);
}

/** Waits until a run stands at its end. */
export async function ended(page, timeout = 90_000) {
  await page.waitForFunction(
    () => {
      const player = document.querySelector('fl-app')?.player;
      return player?.status === 'paused' && player.atEnd;
    },
    undefined,
    { timeout },
  );
}

/** Waits until a search knows something; it may still look for a smaller scenario. */
export const known = (page, wanted) =>
  page.waitForFunction((name) => document.querySelector('fl-app')?.search.known?.verdict === name, wanted, { timeout: 120_000 });

/** Waits until a scenario is loaded under a policy. */
export async function loaded(page, policy) {
  await page.waitForFunction((wanted) => document.querySelector('fl-app')?.player.policy === wanted, policy);
}

/** Where an object is clicked so that none of its pages is. */
export const BESIDE_PAGES = { x: 8, y: 8 };
