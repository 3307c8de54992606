// You are the scheduler: take over, choose, branch from the past, go back; the lanes scrub the same run.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, moved, open, position, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;

async function check(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`), []);
}

test('taking over previews each task\'s step, and another choice makes a branch to which the reader can return', async () => {
  const { page, close } = await open(browser, url);
  await page.evaluate(() => document.querySelector('fl-app').player.seek(30));
  await page.getByRole('button', { name: 'Take over here' }).click();
  const hints = page.locator('fl-tasks .hint');
  await hints.first().waitFor();
  const runnable = await page.evaluate(() => document.querySelector('fl-app').player.runnable.length);
  assert.equal(await hints.count(), runnable);
  assert.ok((await hints.allInnerTexts()).every((text) => text !== ''));
  await check(page);

  const { length } = await position(page);
  const next = await page.evaluate(() => document.querySelector('fl-app').player.steps[30].task);
  const other = await page.evaluate((task) => document.querySelector('fl-app').player.runnable.findIndex((one) => one.task !== task), next);
  await page.locator('fl-tasks li > button').nth(other).click();
  await moved(page, 30);
  assert.equal((await position(page)).length, 31);
  const ways = page.getByRole('list', { name: 'Other ways' }).getByRole('button');
  assert.match(await ways.innerText(), new RegExp(`from step 30 .* ${length} steps, freed while mapped`));
  await ways.click();
  await page.waitForFunction((was) => document.querySelector('fl-app')?.player.length === was, length);
  assert.equal((await position(page)).at, 30);
  assert.match(await ways.innerText(), /from step 30 .* 31 steps/);
  await check(page);
  await close();
});

test('by keyboard: take over, choose, back to the story', async () => {
  const { page, close } = await open(browser, url);
  await page.keyboard.press('Shift+Period');
  await moved(page, 0);
  const { length } = await position(page);
  await page.keyboard.press('t');
  await page.locator('fl-tasks .hint').first().waitFor();
  await page.keyboard.press('2');
  await moved(page, 1);
  assert.equal((await position(page)).length, 2);
  await page.keyboard.press('b');
  await page.waitForFunction((was) => document.querySelector('fl-app')?.player.length === was, length);
  await page.keyboard.press('t');
  await page.getByRole('button', { name: 'Take over here' }).waitFor();
  await close();
});

test('by key, taking over scrolls the previews into view, below an open search', async () => {
  const { page, close } = await open(browser, `${url}?scenario=p2&policy=2020-01-weakened-pip`);
  const heading = page.locator('fl-scheduler h2');
  const inView = () =>
    heading.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      const panel = document.querySelector('fl-app').shadowRoot.querySelector('.side').getBoundingClientRect();
      return top >= panel.top && bottom <= panel.bottom;
    });
  await page.keyboard.press('s');
  await page.getByRole('list', { name: 'What was found' }).getByRole('button').first().waitFor();
  await page.locator('fl-search').getByRole('button', { name: 'Play it from the start' }).waitFor();
  assert.equal(await inView(), false);
  await page.keyboard.press('t');
  await page.locator('fl-tasks .hint').first().waitFor();
  assert.equal(await inView(), true);
  assert.equal(await page.evaluate(() => document.scrollingElement.scrollTop), 0);
  await close();
});

test('the lanes show which task holds, sleeps and wakes, and scrub the same run', async () => {
  const { page, close } = await open(browser, url);
  const lanes = page.getByRole('slider', { name: 'Scrub on the lanes' });
  for (const part of ['.lock', '.busy', '.wake', '.found']) assert.ok((await page.locator(`fl-lanes ${part}`).count()) > 0, part);
  const box = await lanes.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + 20);
  const { at } = await moved(page, 0);
  const { length } = await position(page);
  assert.ok(Math.abs(at / length - 0.5) < 0.06, `${at} of ${length}`);
  assert.equal(await page.getByLabel('Scrub through the run').inputValue(), String(at));
  // A drag goes on wherever the pointer is, and marks no text.
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y - 60);
  const further = await moved(page, at);
  assert.ok(further.at > at);
  await page.mouse.move(box.x + box.width / 2, box.y - 80);
  await page.mouse.up();
  assert.equal((await moved(page, further.at)).at, at);
  assert.equal(await page.evaluate(() => getSelection().toString()), '');
  await lanes.focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal((await moved(page, at)).at, at - 1);
  await page.keyboard.press('End');
  assert.equal((await moved(page, at - 1)).at, length);
  await close();
});
