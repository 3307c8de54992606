// What can be saved: files that open by themselves and show what the page shows.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { ended, launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;

/** Opens the dialog and saves what the button says; the name of the file, and where it lies. */
async function saved(page, name) {
  if (!(await page.getByRole('dialog', { name: 'Save' }).isVisible())) await page.getByRole('button', { name: 'Save…' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

const boxes = (page, selector) =>
  page.locator(selector).evaluateAll((all) => {
    const [first] = all.map((one) => one.getBoundingClientRect());
    return all.map((one) => one.getBoundingClientRect()).map(({ x, y, width, height }) => [x - first.x, y - first.y, width, height].map(Math.round));
  });

/** What is drawn of a kind, as the reader sees it: shape, colour, words. */
const looks = (page, selector) =>
  page.locator(selector).evaluateAll((all) => all.map((one) => [getComputedStyle(one).fill, getComputedStyle(one).stroke, getComputedStyle(one).fontSize, one.textContent]));

test('the picture as SVG opens by itself, in either theme, and has the same boxes, colours and words as the page', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { page, close } = await open(browser, url, { colorScheme, acceptDownloads: true });
    await page.keyboard.press('End');
    await ended(page);
    const { name, path } = await saved(page, /This picture \(SVG\)/);
    assert.match(name, /^t3-story-2019-12-step-\d+\.svg$/);
    const text = await readFile(path, 'utf8');
    // It needs nothing else: no address is in it but the name of its language.
    assert.deepEqual([...text.matchAll(/https?:[^"\s)]*/g)].map(([one]) => one), ['http://www.w3.org/2000/svg']);
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const alone = await context.newPage();
    await alone.setContent(text.slice(text.indexOf('<svg')));
    const places = ['.object-box .body', '.tile .ground', '.cell .box', '.line'];
    for (const place of places) {
      const [here, there] = [await boxes(page, `fl-diagram ${place}`), await boxes(alone, place)];
      assert.ok(here.length > 2, place);
      assert.equal(there.length, here.length, place);
      // Each has its like; a pixel's difference is one of rounding.
      for (const one of here) assert.ok(there.some((other) => other.every((part, nth) => Math.abs(part - one[nth]) <= 1)), `${place} ${one}: ${there.join(' | ')}`);
    }
    for (const place of ['.object-box .body', '.object-box .title', '.tile .value', '.callout text', '.callout rect']) {
      assert.deepEqual((await looks(alone, place)).map(String).sort(), (await looks(page, `fl-diagram ${place}`)).map(String).sort(), place);
    }
    await context.close();
    await close();
  }
});

test('as PNG it has twice as many pixels, and they are not all of one colour', async () => {
  const { page, close } = await open(browser, url, { acceptDownloads: true });
  const { name, path } = await saved(page, /This picture \(PNG\)/);
  assert.match(name, /^t3-story-2019-12-step-0\.png$/);
  const bytes = await readFile(path);
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  const width = await page.locator('fl-diagram').evaluate((one) => one.clientWidth);
  assert.ok(bytes.readUInt32BE(16) >= width * 2 - 2, `${bytes.readUInt32BE(16)} pixels`);
  const colours = await page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(data)], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size;
  }, [...bytes]);
  assert.ok(colours > 50, `${colours} colours`);
  await close();
});

test('the run plays as an animated SVG: at any time it shows what the page shows at that beat', async () => {
  const { page, close } = await open(browser, url, { acceptDownloads: true });
  const { name, path } = await saved(page, /The run as a film/);
  assert.equal(name, 't3-story-2019-12-run.svg');
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const alone = await context.newPage();
  await alone.setContent((await readFile(path, 'utf8')).replace(/^<\?xml.*\n/, ''));
  const seen = (share) =>
    alone.evaluate((at) => {
      for (const one of document.getAnimations()) {
        one.pause();
        one.currentTime = at * one.effect.getTiming().duration;
      }
      const visible = (selector) => [...document.querySelectorAll(selector)].filter((one) => getComputedStyle(one).visibility === 'visible').map((one) => one.textContent.trim());
      return { where: visible('.where'), boxes: visible('.object-box .title').sort(), values: visible('.tile .value').sort(), callouts: visible('.callout').length };
    }, share);
  const steps = [];
  for (const share of [0, 0.3, 0.6, 0.999]) {
    const there = await seen(share);
    assert.equal(there.where.length, 1, there.where.join());
    const step = Number(/step (\d+) of/.exec(there.where[0])[1]);
    steps.push(step);
    await page.evaluate((at) => document.querySelector('fl-app').player.seek(at), step);
    await page.locator('fl-diagram').evaluate((one) => one.updateComplete);
    const here = (selector) => page.locator(`fl-diagram ${selector}`).evaluateAll((all) => all.map((one) => one.textContent.trim()).sort());
    assert.deepEqual(there.values, await here('.tile .value'), `step ${step}`);
    assert.equal(there.boxes.length, (await here('.object-box .title')).length, `step ${step}`);
    assert.equal(there.callouts, (await here('.callout')).length, `step ${step}`);
  }
  assert.ok(steps[0] === 0 && steps[1] > 0 && steps[2] > steps[1] && steps[3] > steps[2], steps.join());
  await context.close();
  await close();
});

test('by keyboard: trace and schedule; axe finds nothing in the dialog', async () => {
  const { page, close } = await open(browser, url, { acceptDownloads: true });
  await page.getByRole('button', { name: 'Save…' }).focus();
  await page.keyboard.press('Enter');
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((one) => one.id), []);
  const choose = async (name) => {
    for (let presses = 0; presses < 12; presses++) {
      await page.keyboard.press('Tab');
      const has = await page.getByRole('button', { name }).evaluate((one) => one.getRootNode().activeElement === one);
      if (has) return;
    }
    assert.fail('Tab does not reach it');
  };
  await choose(/as a trace/);
  const [traced] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  assert.equal(traced.suggestedFilename(), 't3-story-2019-12-run.trace.json');
  const { traceEvents } = JSON.parse(await readFile(await traced.path(), 'utf8'));
  assert.ok(traceEvents.some((one) => one.ph === 's') && traceEvents.some((one) => one.name === 'resident pages'));
  await choose(/The schedule/);
  const [schedule] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  assert.match(await readFile(await schedule.path(), 'utf8'), /^schedule shown \{\n {2}\S+ until /);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Save' }).waitFor({ state: 'hidden' });
  await close();
});
