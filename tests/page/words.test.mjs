// Words and picture in step: no sentence stands as done before it has happened, each key leads to something, a link
// shows the sentence of its finding, every view can be reached by Tab.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BESIDE_PAGES, launch, moved, open, openFront, position, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;

/** Of every scenario at every nth position: sentences that stand as what they are not. */
const wrongTenses = (page, nth) =>
  page.evaluate(async (apart) => {
    const { player } = document.querySelector('fl-app');
    const wrong = [];
    let sentences = 0;
    for (const { name, policy } of player.catalog.scenarios) {
      await player.load(name, policy);
      for (let at = 0; at <= player.length; at = at === player.length ? at + 1 : Math.min(at + apart, player.length)) {
        await player.seek(at);
        const story = document.querySelector('fl-app').shadowRoot.querySelector('fl-story');
        await document.querySelector('fl-app').updateComplete;
        await story.updateComplete;
        for (const one of story.shadowRoot.querySelectorAll('[data-at]')) {
          sentences++;
          const has = Number(one.dataset.at) < at;
          if (one.classList.contains('to-come') === has) wrong.push(`${name} at ${at}: “${one.textContent}” (step ${Number(one.dataset.at) + 1})`);
        }
      }
    }
    return { wrong, sentences };
  }, nth);

test('in every run of the gallery a sentence is to come until its step has been taken', { timeout: 240_000 }, async () => {
  const { page, close } = await open(browser, url);
  const { wrong, sentences } = await wrongTenses(page, 23);
  assert.deepEqual(wrong, []);
  assert.ok(sentences > 5_000, `${sentences} sentences`);
  await close();
});

test('a beat says, finds or shows something, and Shift takes a single step', async () => {
  const { page, close } = await open(browser, url);
  await page.keyboard.press('Shift+Period');
  assert.equal((await moved(page, 0)).at, 1);
  for (let nth = 0; nth < 12; nth++) {
    const from = (await position(page)).at;
    await page.keyboard.press('.');
    const { at } = await moved(page, from);
    const shows = await page.evaluate((end) => {
      const step = document.querySelector('fl-app').player.steps[end - 1];
      return !step.quiet || step.findings.length > 0 || step.records.some((one) => !['point', 'acquire', 'release', 'wakeup'].includes(one.kind));
    }, at);
    assert.ok(shows, `step ${at}`);
  }
  const { at } = await position(page);
  await page.keyboard.press('Shift+Comma');
  assert.equal((await moved(page, at)).at, at - 1);
  await close();
});

test('brackets lead from mark to mark, and every finding is one', async () => {
  const { page, close } = await open(browser, url);
  const findings = await page.evaluate(() => document.querySelector('fl-app').player.steps.flatMap((step, nth) => (step.findings.length > 0 ? [nth + 1] : [])));
  assert.equal(await page.locator('fl-transport .marks .finding').count(), findings.length);
  const visited = [];
  for (;;) {
    const { at, length } = await position(page);
    if (at === length) break;
    await page.keyboard.press(']');
    visited.push((await moved(page, at)).at);
  }
  assert.deepEqual(findings.filter((at) => !visited.includes(at)), []);
  await page.keyboard.press('[');
  assert.equal((await moved(page, visited.at(-1))).at, visited.at(-2));
  await close();
});

test('a link to a finding opens with the sentence of that finding in view', async () => {
  const { page, close } = await open(browser, url);
  const at = await page.evaluate(async () => {
    const { player } = document.querySelector('fl-app');
    const found = player.steps.findLastIndex((step) => step.findings.length > 0 && !step.quiet) + 1;
    await player.seek(found);
    return found;
  });
  await page.waitForFunction((step) => location.hash.endsWith(`;t=${step}`), at);
  const link = page.url();
  await close();
  const inView = () => {
    const app = document.querySelector('fl-app').shadowRoot;
    const panel = app.querySelector('.story').getBoundingClientRect();
    const sentence = app.querySelector('fl-story').shadowRoot.querySelector('.tells')?.getBoundingClientRect();
    return sentence !== undefined && sentence.top >= panel.top && sentence.bottom <= panel.bottom;
  };
  for (const [width, height] of [[1440, 900], [1366, 657], [1000, 640]]) {
    const other = await open(browser, link, { viewport: { width, height } });
    await other.page.waitForFunction(inView);
    await other.close();
  }
});

/** What Tab reaches from the top of the page, and everything that it should reach, each as a short text. */
const tabbed = (page) =>
  page.evaluate(() => {
    const all = [];
    const walk = (root) => {
      for (const one of root.querySelectorAll('*')) {
        if (one.shadowRoot) walk(one.shadowRoot);
        const takes = one.matches('button, a[href], input, select, textarea, summary, [tabindex="0"]') && !one.matches('[tabindex="-1"], :disabled');
        if (takes && one.checkVisibility({ visibilityProperty: true }) && !one.closest('[inert]')) all.push(one);
      }
    };
    walk(document);
    globalThis.expected = all;
    return all.length;
  });

async function everythingIsReached(page, what) {
  await page.evaluate(() => document.activeElement?.blur());
  const count = await tabbed(page);
  assert.ok(count > 3, `${what}: ${count} controls`);
  await page.evaluate(() => {
    globalThis.reached = new Set();
  });
  for (let nth = 0; nth < count + 6; nth++) {
    await page.keyboard.press('Tab');
    await page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      globalThis.reached.add(at);
    });
  }
  const missed = await page.evaluate(() =>
    globalThis.expected.filter((one) => !globalThis.reached.has(one) && one.isConnected).map((one) => `${one.localName} ${one.ariaLabel ?? one.textContent?.trim().slice(0, 40)}`));
  assert.deepEqual(missed, [], what);
}

test('Tab reaches everything that is enabled: gallery, step, object, search, compare, threads', { timeout: 180_000 }, async () => {
  const front = await openFront(browser, url);
  await everythingIsReached(front.page, 'gallery');
  await front.page.getByRole('button', { name: 'Threads' }).click();
  await front.page.locator('fl-threads h1').waitFor();
  await everythingIsReached(front.page, 'threads');
  await front.close();
  const { page, close } = await open(browser, url);
  await everythingIsReached(page, 'step');
  await page.getByRole('button', { name: /^Object M/ }).click({ position: BESIDE_PAGES });
  await page.locator('fl-object').waitFor();
  await everythingIsReached(page, 'object');
  await page.keyboard.press('s');
  await page.locator('fl-search .verdict').waitFor();
  await everythingIsReached(page, 'search');
  await page.keyboard.press('c');
  await page.locator('fl-compare fl-diagram').first().waitFor();
  await everythingIsReached(page, 'compare');
  await close();
});
