// What stands beside a run: the kernel's switches, help with its words, operations by hand, and names that are not known.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, loaded, open, openFront, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function check(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((one) => one.id), []);
}

test('every switch of the kernel has its sentence on the page, is part of the link, and takes no room from the story', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3-story&policy=2019-12`);
  const before = await page.locator('fl-story').boundingBox();
  await page.getByRole('button', { name: 'Switches' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Kernel 2019-12' });
  await dialog.getByText('the source page of a copy stays busy until the fault is over').waitFor();
  await check(page);
  assert.deepEqual(await page.locator('fl-story').boundingBox(), before);
  await dialog.getByRole('checkbox', { name: /^hold cow src/ }).check();
  await loaded(page, '2019-12,+P01');
  await page.waitForFunction(() => location.hash.includes('2019-12.~P01'));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.locator('fl-kernel').getByText('changed: +P01').waitFor();
  const { x, width } = await page.locator('fl-kernel').boundingBox();
  const edge = await page.locator('.story').evaluate((one) => one.getBoundingClientRect().right);
  assert.ok(x + width <= edge, 'it stays in its column');
  await close();
});

test('help has the words of the glossary, and leads with what a finger can do where there is one', async () => {
  const wide = await open(browser, url);
  await wide.page.keyboard.press('?');
  await wide.page.getByText('Words: FreeBSD').click();
  await wide.page.getByText('links an object past its backing object').waitFor();
  assert.equal(await wide.page.locator('fl-help h2').first().innerText(), 'Keys');
  await check(wide.page);
  await wide.close();
  const phone = await open(browser, url, PHONE);
  await phone.page.getByRole('button', { name: /^Keys and marks/ }).click();
  assert.equal(await phone.page.locator('fl-help h2').first().innerText(), 'With a finger');
  await phone.page.getByText('Words: FreeBSD').click();
  await phone.page.getByText('links an object past its backing object').waitFor();
  await check(phone.page);
  await phone.close();
});

test('what is done by hand answers beside its button', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3-story&policy=2019-12`);
  const hand = page.locator('fl-manual');
  await hand.getByRole('combobox', { name: 'Process' }).selectOption('B');
  await hand.getByRole('button', { name: 'Exit' }).click();
  await hand.getByRole('status').getByText('B’s other threads B1, B2 end first; B goes when they have.').waitFor();
  // What a fork and a write have made can be collapsed.
  await page.goto(`${url}?scenario=t3-story&policy=2019-12`);
  await page.waitForFunction(() => document.querySelector('fl-app')?.player.length > 100);
  await hand.getByRole('combobox', { name: 'Process' }).selectOption('B');
  const decided = () => page.evaluate(() => document.querySelector('fl-app').player.decisions);
  /** Each operation is a decision, and is played to its end. */
  const press = async (button) => {
    const before = await decided();
    await button.click();
    await page.waitForFunction((known) => {
      const { player } = document.querySelector('fl-app');
      return player.decisions > known && player.status === 'paused';
    }, before);
  };
  await press(hand.getByRole('button', { name: 'Fork' }));
  await press(hand.getByRole('button', { name: 'Write va0' }));
  await press(hand.getByRole('button', { name: /^Collapse/ }));
  // An object and a process offer the same with themselves.
  await page.locator('fl-diagram').getByRole('button', { name: /^Object S,/ }).focus();
  await page.keyboard.press('Enter');
  await press(page.locator('fl-object').getByRole('button', { name: 'Collapse S' }));
  await page.locator('fl-diagram').getByRole('button', { name: 'Process G' }).focus();
  await page.keyboard.press('Enter');
  await press(page.locator('fl-inspect').getByRole('button', { name: 'Fork' }));
  // A process with a task that sleeps takes none.
  await page.goto(`${url}?scenario=t3-story&policy=2019-12`);
  await page.waitForFunction(() => document.querySelector('fl-app')?.player.length > 100);
  await page.evaluate(async () => {
    const { player } = document.querySelector('fl-app');
    player.driver.constructor.prototype.perform = () => Promise.reject({ message: 'B cannot do that now: it is asleep', remedy: 'let the other tasks go on first' });
    await player.seek(1);
  });
  await hand.getByRole('button', { name: 'Fork' }).click();
  await hand.getByRole('alert').getByText('B cannot do that now: it is asleep; let the other tasks go on first.').waitFor();
  assert.equal(await page.locator('.story .error').count(), 0);
  await page.keyboard.press('.');
  await hand.getByRole('alert').getByText('asleep').waitFor({ state: 'detached' });
  await close();
});

test('a name that is not known is answered with the nearest, and the list is folded', async () => {
  const first = await openFront(browser, url);
  await first.page.goto(`${url}?scenario=t3-stroy`);
  await first.page.getByText('the gallery has no scenario t3-stroy; did you mean t3-story?').waitFor();
  await first.close();
  const { page, close } = await open(browser, `${url}#v1;t3s0;2019-12;;1;0000000000000000`);
  const banner = page.locator('fl-differs .banner');
  await banner.getByRole('link', { name: 'Open t3s' }).waitFor();
  assert.equal(await banner.getByText('clean-laundry').isVisible(), false);
  await banner.getByText(/^All \d+ scenarios$/).click();
  await banner.getByText('clean-laundry').waitFor();
  await check(page);
  await close();
});
