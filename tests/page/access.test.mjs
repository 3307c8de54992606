// The page for everybody: axe finds nothing in any of its states; a phone shows it without sideways scrolling.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

async function check(page, what) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  assert.deepEqual(told, [], what);
}

async function toEnd(page) {
  await page.keyboard.press('End');
  await page.locator('fl-strata .callout').waitFor({ state: 'attached' });
}

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: no violations at the start, at the finding, in help, with threads`, async () => {
    const { page, close } = await open(browser, url, { colorScheme });
    await check(page, 'start');
    await toEnd(page);
    await check(page, 'finding');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await check(page, 'help');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Threads' }).click();
    await check(page, 'threads');
    await close();
  });

  test(`${colorScheme}: no violations on a phone, nor with its sheets open`, async () => {
    const { page, close } = await open(browser, url, { colorScheme, ...PHONE });
    await toEnd(page);
    await check(page, 'phone');
    for (const name of ['Tasks and addresses', 'Lanes']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.locator('.sheet.open').waitFor();
      await check(page, name);
      await page.keyboard.press('Escape');
      await page.locator('.sheet.open').waitFor({ state: 'detached' });
    }
    await close();
  });
}

test('a phone shows strata, player and story below each other, with room for a thumb', async () => {
  const { page, close } = await open(browser, url, PHONE);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(sideways, 0);
  const tops = [];
  for (const part of ['fl-strata', 'fl-transport', 'fl-story']) {
    tops.push((await page.locator(part).boundingBox()).y);
  }
  assert.deepEqual(tops, [...tops].sort((a, b) => a - b));
  for (const button of await page.getByRole('button').all()) {
    if (!(await button.isVisible()) || (await button.evaluate((one) => one instanceof SVGElement))) continue;
    const { width, height } = await button.boundingBox();
    const name = await button.evaluate((one) => one.ariaLabel ?? one.innerText);
    assert.ok(width >= 43.5 && height >= 43.5, `${name}: ${width} × ${height}`);
  }
  await close();
});

test('with reduced motion nothing moves from place to place', async () => {
  const { page, close } = await open(browser, url, { reducedMotion: 'reduce' });
  await page.evaluate(() => {
    window.moved = [];
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (frames, options) {
      if (frames.some((frame) => 'transform' in frame)) window.moved.push(frames);
      return animate.call(this, frames, options);
    };
  });
  const length = await page.evaluate(() => document.querySelector('fl-app').player.length);
  for (let n = 0; n < length; n++) await page.evaluate(() => document.querySelector('fl-app').player.step());
  assert.deepEqual(await page.evaluate(() => window.moved), []);
  await close();
});

test('pages are seen to move: a copy slides, a freed page falls', async () => {
  const { page, close } = await open(browser, url, { reducedMotion: 'no-preference' });
  await page.evaluate(() => {
    window.moved = 0;
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (frames, options) {
      if (this.classList.contains('tile') && frames.some((frame) => 'transform' in frame)) window.moved++;
      return animate.call(this, frames, options);
    };
  });
  const length = await page.evaluate(() => document.querySelector('fl-app').player.length);
  for (let n = 0; n < length; n++) {
    await page.evaluate(async () => {
      await document.querySelector('fl-app').player.step();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    });
  }
  assert.ok((await page.evaluate(() => window.moved)) >= 3);
  await close();
});
