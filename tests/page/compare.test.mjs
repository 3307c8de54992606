// Two kernels side by side: one schedule, in step, and the words where they part.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

const ready = (page) => page.waitForFunction(() => document.querySelector('fl-app')?.pair.status === 'paused');
const joint = (page) => page.evaluate(() => document.querySelector('fl-app').pair.position);

async function compared(options = {}) {
  const opened = await open(browser, url, options);
  await opened.page.getByRole('button', { name: /^(Before and after|Compare)$/ }).click();
  await ready(opened.page);
  return opened;
}

test('by mouse: both runs follow the schedule, diverge where the scan refuses, and only one ends with a finding', async () => {
  const { page, close } = await compared();
  const [before, after] = ['Before', 'After'].map((name) => page.getByRole('region', { name, exact: true }));
  assert.equal(await before.getByRole('combobox').inputValue(), '2019-12');
  assert.equal(await after.getByRole('combobox').inputValue(), '2020-01-fixed');
  // What tells the story stands there; the rest waits behind a word.
  const partings = page.locator('fl-compare .list > ol > li');
  assert.ok((await partings.count()) <= 6, `${await partings.count()} partings`);
  await partings.first().getByText('first', { exact: true }).waitFor();
  await partings.filter({ hasText: 'is busy' }).first().click();
  await after.getByText('leaves O below M: p0 is busy').waitFor();
  await before.getByText('bypasses O').waitFor();
  await page.getByRole('button', { name: /Both to the end/ }).click();
  await before.locator('fl-diagram .callout').waitFor({ state: 'attached' });
  assert.equal(await after.locator('fl-diagram .callout').count(), 0);
  await after.getByRole('combobox').selectOption('2019-12');
  await ready(page);
  await page.getByText('On this schedule both kernels do the same.').waitFor();
  await close();
});

test('by keyboard: open, close, step, next divergence, both ends', async () => {
  const { page, close } = await open(browser, url);
  await page.keyboard.press('c');
  await ready(page);
  await page.keyboard.press('.');
  await page.waitForFunction(() => document.querySelector('fl-app')?.pair.position === 1);
  await page.keyboard.press('n');
  await page.waitForFunction(() => document.querySelector('fl-app')?.pair.position > 1);
  const parted = await joint(page);
  await page.keyboard.press('n');
  await page.waitForFunction((was) => document.querySelector('fl-app')?.pair.position > was, parted);
  const more = page.locator('fl-compare summary');
  const rest = page.locator('fl-compare details li button');
  assert.equal(await rest.first().isVisible(), false);
  await more.press('Enter');
  await rest.last().focus();
  await page.keyboard.press('Enter');
  const parts = await page.evaluate(() => document.querySelector('fl-app').pair.partings);
  await page.waitForFunction((at) => document.querySelector('fl-app')?.pair.position === at, parts.at(-1).to);
  assert.equal((await rest.count()) + (await page.locator('fl-compare .list > ol > li').count()), parts.length);
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('fl-app')?.pair.position === 0);
  await page.keyboard.press('c');
  await page.getByLabel('Position').waitFor();
  await close();
});

test('where one side does nothing, it says what is so there; both have lanes, which move both; the list shows the place', async () => {
  const { page, close } = await compared();
  const [before, after] = ['Before', 'After'].map((name) => page.getByRole('region', { name, exact: true }));
  await page.keyboard.press('n');
  await after.locator('.does').getByText('B1 keeps p0 busy.').waitFor();
  await before.locator('.does').getByText('p0 is not busy.').waitFor();
  assert.equal(await page.getByText('the other side goes on alone').count(), 0);
  const heights = () => page.locator('fl-lanes').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
  const settled = await heights();
  assert.equal(settled.length, 2);
  assert.ok(settled[0] > 80 && settled[0] === settled[1], String(settled));
  await after.getByRole('slider', { name: 'Scrub on the lanes' }).press('End');
  await page.waitForFunction(() => {
    const { pair } = document.querySelector('fl-app');
    return pair.right.position === pair.right.length && pair.left.position === pair.left.length;
  });
  assert.deepEqual(await heights(), settled);
  const inSight = await page.locator('fl-compare .list').evaluate((list) => {
    const here = list.querySelector('[aria-current="step"]')?.getBoundingClientRect();
    const box = list.getBoundingClientRect();
    return here !== undefined && list.scrollTop > 0 && here.bottom > box.top && here.top < box.bottom;
  });
  assert.ok(inSight);
  await close();
});

test('a phone shows one run at a time, both steps, and a way back', async () => {
  const { page, close } = await compared(PHONE);
  await page.evaluate(async () => {
    const { pair } = document.querySelector('fl-app');
    await pair.seek(pair.partings.find((one) => one.wrong.left).to);
  });
  await page.getByRole('region', { name: 'Before', exact: true }).locator('.callout').waitFor({ state: 'attached' });
  await page.locator('fl-compare .both').getByText('is freed while').waitFor();
  await page.getByRole('button', { name: 'After', exact: true }).click();
  const after = page.getByRole('region', { name: 'After', exact: true });
  await after.locator('.object-box').first().waitFor();
  assert.equal(await after.locator('.callout').count(), 0);
  assert.equal(await page.locator('fl-diagram').count(), 1);
  // The bar stays at hand however long the picture is.
  const bar = await page.getByRole('region', { name: 'Both players' }).boundingBox();
  assert.ok(bar.y + bar.height <= PHONE.viewport.height + 1, `${bar.y} + ${bar.height}`);
  await page.getByRole('button', { name: 'One kernel' }).click();
  await page.getByLabel('Position').waitFor();
  await close();
});

test('axe finds no violations, on a wide screen and on a phone', async () => {
  for (const options of [{}, { colorScheme: 'dark' }, PHONE]) {
    const { page, close } = await compared(options);
    await page.evaluate(() => document.querySelector('fl-app').pair.next());
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    await close();
  }
});
