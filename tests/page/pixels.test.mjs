// Twelve pictures of the page beside those that were looked at and found good. The fonts are the test's own and the
// clock stands, so that only the page and the browser's drawing can differ. FAULTLINE_BLESS=1 takes them anew: look at
// each before you commit it.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { launch, open, openFront, SITES } from './browser.mjs';

const { url } = SITES[0];
const GOOD = new URL('./pictures/', import.meta.url);
const RESULTS = new URL('../../test-results/pictures/', import.meta.url);
/** How far a pixel's colour may differ, from 0 to 1, and how many pixels in a thousand may differ by more. */
const COLOUR = 0.2;
const SHARE = 4;

const font = (name) => readFile(createRequire(import.meta.url).resolve(name));
const FONTS = [
  { family: 'Test Sans', weight: '400', file: '@fontsource/inter/files/inter-latin-400-normal.woff2' },
  { family: 'Test Sans', weight: '600 700', file: '@fontsource/inter/files/inter-latin-600-normal.woff2' },
  { family: 'Test Mono', weight: '400', file: '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2' },
];

const WIDE = { width: 1440, height: 900 };
const LAPTOP = { width: 1366, height: 657 };
const PHONE = { width: 390, height: 844 };

let browser;
let fonts;
before(async () => {
  browser = await launch();
  fonts = await Promise.all(FONTS.map(async ({ file, ...rest }) => ({ ...rest, data: (await font(file)).toString('base64') })));
});
after(() => browser.close());

/** The test's fonts in place of the system's; resolves when they are laid out. */
async function settle(page) {
  await page.evaluate(async (all) => {
    for (const { family, weight, data } of all) {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      document.fonts.add(await new FontFace(family, bytes.buffer, { weight }).load());
    }
    document.documentElement.style.setProperty('--sans', "'Test Sans'");
    document.documentElement.style.setProperty('--mono', "'Test Mono'");
    await document.fonts.ready;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
  }, fonts);
}

async function compare(name, page) {
  const taken = PNG.sync.read(await page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' }));
  const good = new URL(`${name}.png`, GOOD);
  if (process.env.FAULTLINE_BLESS) {
    await mkdir(GOOD, { recursive: true });
    await writeFile(good, PNG.sync.write(taken));
    return;
  }
  const known = PNG.sync.read(await readFile(good));
  const { width, height } = known;
  assert.deepEqual([taken.width, taken.height], [width, height], `${name}: the size`);
  const different = new PNG({ width, height });
  const pixels = pixelmatch(known.data, taken.data, different.data, width, height, { threshold: COLOUR });
  const share = (1000 * pixels) / (width * height);
  if (share <= SHARE) return;
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL(`${name}.png`, RESULTS), PNG.sync.write(taken));
  await writeFile(new URL(`${name}.different.png`, RESULTS), PNG.sync.write(different));
  assert.fail(`${name}: ${share.toFixed(1)} pixels in a thousand differ (${SHARE} may): see ${RESULTS.pathname}, and bless it if it is better`);
}

const options = (viewport, colorScheme = 'light') => ({ viewport, colorScheme, reducedMotion: 'reduce' });

/** At a position, or after the step of the first finding. */
async function story(name, at, how, look = async () => {}) {
  const { page, close } = await open(browser, `${url}?scenario=t3-story`, how);
  await settle(page);
  await page.evaluate((wanted) => {
    const { player } = document.querySelector('fl-app');
    return player.seek(wanted === 'found' ? player.steps.findIndex((step) => step.findings.length > 0) + 1 : wanted);
  }, at);
  await look(page);
  await settle(page);
  await compare(name, page);
  await close();
}

for (const [name, viewport, scheme] of [['front', WIDE, 'light'], ['front-dark', WIDE, 'dark'], ['front-phone', PHONE, 'light']]) {
  test(`the front door: ${name}`, async () => {
    const { page, close } = await openFront(browser, url, options(viewport, scheme));
    await settle(page);
    await compare(name, page);
    await close();
  });
}

test('the story at its beginning', () => story('begin', 0, options(WIDE)));
test('the story at its finding', () => story('found', 'found', options(WIDE)));
test('the story at its finding, dark', () => story('found-dark', 'found', options(WIDE, 'dark')));
test('the story at its finding, on a laptop', () => story('found-laptop', 'found', options(LAPTOP)));
test('the story at its finding, on a phone', () => story('found-phone', 'found', options(PHONE)));
test('the story at its finding, on a phone, dark', () => story('found-phone-dark', 'found', options(PHONE, 'dark')));

test('an address that is looked at', () =>
  story('address', 30, options(WIDE), async (page) => {
    await page.locator('fl-diagram').getByRole('button', { name: /^B va0/ }).click();
  }));

test('the editor', () =>
  story('editor', 0, options(LAPTOP), async (page) => {
    await page.keyboard.press('e');
    await page.getByRole('dialog', { name: 'Edit the scenario' }).getByRole('textbox').waitFor();
  }));

test('before and after', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3-story`, options(WIDE));
  await page.keyboard.press('c');
  await page.locator('fl-compare fl-diagram svg .object-box').first().waitFor();
  await page.keyboard.press('n');
  await settle(page);
  await compare('compare', page);
  await close();
});
