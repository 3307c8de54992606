// The page for everybody: axe finds nothing in any of its states; a phone shows it without sideways scrolling.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BESIDE_PAGES, launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

async function check(page, what) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const described = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  assert.deepEqual(described, [], what);
}

async function toEnd(page) {
  await page.keyboard.press('End');
  await page.locator('fl-diagram .callout').waitFor({ state: 'attached' });
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
    await page.getByRole('button', { name: /^Object M/ }).click({ position: BESIDE_PAGES });
    await page.locator('fl-object').waitFor();
    await check(page, 'object');
    await page.getByRole('button', { name: 'Threads' }).click();
    await check(page, 'threads');
    await close();
  });

  test(`${colorScheme}: no violations on a phone, nor with its sheets open`, async () => {
    const { page, close } = await open(browser, url, { colorScheme, ...PHONE });
    await toEnd(page);
    await check(page, 'phone');
    for (const name of ['Tasks', 'Lanes', 'Search']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.locator('.sheet.open').waitFor();
      await check(page, name);
      await page.keyboard.press('Escape');
      await page.locator('.sheet.open').waitFor({ state: 'detached' });
    }
    await close();
  });
}

test('a phone shows the diagram, player and story below each other, with targets large enough for touch', async () => {
  const { page, close } = await open(browser, url, PHONE);
  const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(await sideways(), 0);
  // Fonts differ from machine to machine: with a wide one things wrap.
  await page.evaluate(() => document.documentElement.style.setProperty('--sans', 'monospace'));
  assert.equal(await sideways(), 0, 'in a wide font');
  await page.evaluate(() => document.documentElement.style.removeProperty('--sans'));
  const tops = [];
  for (const part of ['fl-diagram', 'fl-transport', 'fl-story']) {
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

test('the head of the page is one row on a phone, in every view', async () => {
  const { page, close } = await open(browser, url, PHONE);
  for (const view of ['Step', 'Threads', 'Gallery']) {
    await page.getByRole('button', { name: view, exact: true }).click();
    const buttons = await page.locator('fl-header').getByRole('button').all();
    const middles = [];
    for (const button of buttons) {
      const { x, y, width, height } = await button.boundingBox();
      assert.ok(x >= 0 && x + width <= PHONE.viewport.width, `${view}: nothing lies beyond the edge`);
      middles.push(Math.round(y + height / 2));
    }
    assert.deepEqual(new Set(middles).size, 1, view);
    assert.ok((await page.locator('fl-header').boundingBox()).height <= 56, view);
  }
  await close();
});

test('nothing is cut off sideways between a phone and a wide screen, nor at 200 %', async () => {
  const { page, close } = await open(browser, url);
  for (const [width, height] of [[1280, 720], [1024, 700], [800, 600], [720, 450]]) {
    await page.setViewportSize({ width, height });
    for (const key of ['c', 'c', 's']) {
      await page.keyboard.press(key);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, `${width} × ${height}`);
      const { x, width: w } = await page.locator('fl-header header').boundingBox();
      assert.ok(x >= 0 && x + w <= width, `${width} × ${height}: the head ends at ${x + w}`);
      const last = await page.locator('fl-header').getByRole('button').last().boundingBox();
      assert.ok(last.x + last.width <= width, `${width} × ${height}: ${last.x + last.width}`);
    }
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

/** One step, drawn: which pages it copied and freed, and which tiles slide from where to where for it. */
async function stepWatched(page) {
  return page.evaluate(async () => {
    const app = document.querySelector('fl-app');
    const diagram = app.shadowRoot.querySelector('fl-diagram');
    const tile = (frame) => diagram.renderRoot.querySelector(`.tile[data-frame="${frame}"]`);
    const shown = new Set([...diagram.renderRoot.querySelectorAll('.tile[data-frame]')].map((one) => Number(one.dataset.frame)));
    window.slides = [];
    await app.player.step();
    await app.updateComplete;
    await diagram.updateComplete;
    const { records } = app.player.steps[app.player.position - 1];
    const place = (text) => /translate\((.*)px, (.*)px\)/.exec(text).slice(1).map(Number);
    const slides = window.slides.map(({ element, frames, animation }) => ({
      frame: element.dataset.frame === undefined ? null : Number(element.dataset.frame),
      from: place(frames[0].transform),
      to: place(frames.at(-1).transform),
      running: element.isConnected && animation.playState === 'running',
    }));
    const copies = records
      .filter((one) => one.kind === 'page_copy' && tile(one.to) && shown.has(one.from))
      .map((one) => ({ to: place(tile(one.to).style.transform) }));
    const frees = records.filter((one) => one.kind === 'page_free' && shown.has(one.page) && tile(one.page)).map((one) => one.page);
    // At their end nothing is left over of what was only there to be seen moving.
    window.slides.forEach(({ animation }) => animation.finish());
    await Promise.all(window.slides.map(({ animation }) => animation.finished));
    const left = diagram.renderRoot.querySelectorAll('.tile:not([data-frame])').length;
    return { copies, frees, slides, left };
  });
}

test('pages move visibly: a copy slides, a freed page falls', async () => {
  // Also on a canvas so low that a growing chain makes the whole picture smaller.
  for (const height of [900, 620]) {
    const { page, close } = await open(browser, url, { reducedMotion: 'no-preference', viewport: { width: 1440, height } });
    await page.evaluate(() => {
      const animate = Element.prototype.animate;
      Element.prototype.animate = function (frames, options) {
        const animation = animate.call(this, frames, options);
        if (this.classList.contains('tile') && 'transform' in frames[0]) window.slides.push({ element: this, frames, animation });
        return animation;
      };
    });
    const length = await page.evaluate(() => document.querySelector('fl-app').player.length);
    let [copied, freed] = [0, 0];
    for (let n = 0; n < length; n++) {
      const { copies, frees, slides, left } = await stepWatched(page);
      for (const { to } of copies) {
        const slide = slides.find((one) => one.frame === null && one.to.every((at, axis) => Math.abs(at - to[axis]) < 0.1));
        assert.ok(slide?.running, `step ${n + 1}: a copy slides to ${to}`);
        assert.notDeepEqual(slide.from, slide.to);
        copied++;
      }
      for (const frame of frees) {
        const slide = slides.find((one) => one.frame === frame);
        assert.ok(slide?.running && slide.to[1] > slide.from[1], `step ${n + 1}: frame ${frame} falls`);
        freed++;
      }
      assert.equal(left, 0, `step ${n + 1}`);
    }
    assert.ok(copied >= 1 && freed >= 2, `${copied} copies, ${freed} freed pages`);
    await close();
  }
});
