// Why there are chains: five parts of one run, each with what the engine has made by then; by button, by key, by address.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openFront, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** Opens the lesson by its card and waits for the engine. */
async function lesson(options = {}) {
  const opened = await openFront(browser, url, options);
  await opened.page.getByRole('link', { name: /^Why there are chains/ }).click();
  await ready(opened.page);
  return opened;
}

const ready = (page) => page.waitForFunction(() => document.querySelector('fl-app').lesson.player.scenario === 'chains');

/** What stands in the present scene: living processes, objects, their pages, and the chain below an address of each process. */
const seen = (page) =>
  page.evaluate(() => {
    const { player } = document.querySelector('fl-app').lesson;
    const { scene, names } = player;
    const chains = {};
    for (const process of scene.processes.values()) {
      if (process.exited) continue;
      const [entry] = scene.spaces.get(process.space).entries.values();
      const chain = [];
      for (let id = entry.object; id !== null && id !== undefined; id = scene.objects.get(id).backing) chain.push(id);
      chains[names.process(process.id)] = chain.length;
    }
    const pages = [...scene.objects.values()].reduce((sum, one) => sum + one.pages.size, 0);
    return { objects: scene.objects.size, pages, chains, free: scene.free.length };
  });

const control = (page) => page.locator('fl-chains #control');

/** Presses the control and waits until what it sets going has come to its end. */
async function act(page, label) {
  const before = await page.evaluate(() => document.querySelector('fl-app').lesson.player.position);
  assert.equal(await control(page).innerText(), label);
  await control(page).click();
  // The same button shows the end of it at once.
  await page.getByRole('button', { name: 'To its end' }).click();
  await page.waitForFunction((was) => {
    const { player } = document.querySelector('fl-app').lesson;
    return player.status === 'paused' && player.position > was;
  }, before);
}

const part = async (page, n) => {
  await page.locator(`fl-chains nav button:nth-child(${n})[aria-current="step"]`).waitFor();
  assert.equal(new URL(page.url()).hash, n === 1 ? '#chains' : `#chains;part=${n}`);
};

test('each part shows what its sentence says, and the last one leads to the race', async () => {
  const { page, close } = await lesson();
  assert.deepEqual(await seen(page), { objects: 0, pages: 0, chains: { P: 0 }, free: 0 });
  await act(page, 'Write');
  const written = await seen(page);
  assert.deepEqual(written, { objects: 1, pages: 2, chains: { P: 1 }, free: 0 });
  await page.getByText('1 process, 1 object, 2 pages').first().waitFor();

  await control(page).click();
  await part(page, 2);
  await act(page, 'Fork');
  assert.deepEqual(await seen(page), { ...written, chains: { P: 1, C: 1 } }, 'nothing is copied');

  await control(page).click();
  await part(page, 3);
  await act(page, 'Write in the child');
  assert.deepEqual(await seen(page), { objects: 2, pages: 3, chains: { P: 1, C: 2 }, free: 0 });

  await control(page).click();
  await part(page, 4);
  await act(page, 'Fork and write again');
  const grown = { objects: 3, pages: 4, chains: { P: 1, C: 2, D: 3 } };
  assert.deepEqual({ ...(await seen(page)), free: undefined }, { ...grown, free: undefined });
  await act(page, 'Read at the bottom');
  // The trail of what was read leads down three levels, to where it is found.
  await page.locator('fl-diagram .answer').nth(2).waitFor({ state: 'attached' });
  assert.deepEqual(await page.locator('fl-diagram .answer text').allTextContents(), ['no', 'no', 'yes']);

  await control(page).click();
  await part(page, 5);
  await act(page, 'Exit in the middle');
  const { free, ...left } = await seen(page);
  assert.deepEqual(left, { objects: 2, pages: 3, chains: { P: 1, D: 2 } });
  assert.ok(free > 0, 'what was hidden is free');

  await page.getByRole('button', { name: 'Find the race' }).click();
  await page.waitForFunction(() => document.querySelector('fl-app').player.scenario === 't3' && document.querySelector('fl-app').search.status !== 'idle');
  await close();
});

test('what a control sets going plays to its end by itself, and no further', async () => {
  const { page, close } = await lesson();
  await page.keyboard.press('ArrowRight');
  await part(page, 2);
  await control(page).click();
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  assert.deepEqual((await seen(page)).chains, { P: 1, C: 1 });
  await page.locator('fl-chains [role=status]').getByText(/^Nothing is copied.*2 processes, 1 object, 2 pages$/).waitFor({ state: 'attached' });
  await close();
});

test('by keyboard alone, with each part in the history; a phone and reduced motion show the same', async () => {
  for (const options of [{ reducedMotion: 'reduce' }, PHONE]) {
    const { page, close } = await openFront(browser, url, options);
    await page.getByRole('link', { name: /^Why there are chains/ }).press('Enter');
    await ready(page);
    const status = page.locator('fl-chains [role=status]');
    for (const n of [2, 3, 4, 5]) {
      await page.keyboard.press('ArrowRight');
      await part(page, n);
      await status.getByText(new RegExp(`^${n} of 5\\. `)).waitFor({ state: 'attached' });
    }
    // All that comes before the last part has happened.
    assert.deepEqual((await seen(page)).chains, { P: 1, C: 2, D: 3 });
    await page.keyboard.press('ArrowRight');
    await part(page, 5);
    await page.keyboard.press('ArrowLeft');
    await part(page, 4);
    assert.deepEqual((await seen(page)).chains, { P: 1, C: 2 });
    await page.goBack();
    await part(page, 5);
    await page.keyboard.press('Tab');
    await page.goBack();
    await part(page, 4);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    await page.locator('fl-chains').getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('Escape');
    await page.locator('fl-card').first().waitFor();
    await close();
  }
});

test('an address opens its part, and all of it is in sight on a laptop', async () => {
  const { page, close } = await openFront(browser, url, { viewport: { width: 1366, height: 657 } });
  await page.goto(`${url}#chains;part=4`);
  await ready(page);
  await part(page, 4);
  await act(page, 'Fork and write again');
  const { bottom } = await control(page).evaluate((one) => one.getBoundingClientRect());
  assert.ok(bottom <= 657, `the control ends at ${bottom}`);
  const canvas = await page.locator('fl-chains fl-diagram').boundingBox();
  for (const box of await page.locator('fl-chains .object-box').all()) {
    const { y, height } = await box.boundingBox();
    assert.ok(y >= canvas.y && y + height <= canvas.y + canvas.height, 'every object is in the picture');
  }
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: axe finds no violations, on a wide screen and on a phone`, async () => {
    for (const options of [{}, PHONE]) {
      const { page, close } = await lesson({ colorScheme, ...options });
      await page.keyboard.press('ArrowRight');
      await part(page, 2);
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`), []);
      await close();
    }
  });
}
