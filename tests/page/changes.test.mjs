// What a step changed, in fields, and where it stands in the kernel's source, beside its sentence.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['a phone', PHONE]]) {
  test(`${name}: a step says what it changed, two fields first and the others on request`, async () => {
    const { page, close } = await open(browser, `${url}?scenario=t3-story&policy=2019-12`, { ...options, reducedMotion: 'reduce' });
    const list = page.locator('fl-changes').getByRole('list', { name: 'What this step changed' });
    const items = list.getByRole('listitem');
    // The step at which G exits and frees p0.
    await page.evaluate(() => document.querySelector('fl-app').player.seek(47));
    await items.filter({ hasText: 'O: references 1 → 0' }).waitFor();
    assert.equal(await items.count(), 2);
    const more = page.locator('fl-changes').getByRole('button', { name: /^and \d+ more$/ });
    const hidden = Number((await more.innerText()).match(/\d+/)[0]);
    const { height } = await page.locator('fl-transport').boundingBox();
    await more.focus();
    await page.keyboard.press('Enter');
    await items.filter({ hasText: /^p0: place page 0 of O → free list$/ }).waitFor();
    assert.equal(await items.count(), 2 + hidden);
    const { violations } = await new AxeBuilder({ page }).include('fl-app').analyze();
    assert.deepEqual(violations.map((one) => one.id), []);
    await page.locator('fl-changes').getByRole('button', { name: 'Show fewer' }).press('Enter');
    // Folded it has the same height whatever a step changed, so the buttons stay where they are.
    for (const at of [0, 1, 32, 47, 48]) {
      await page.evaluate((to) => document.querySelector('fl-app').player.seek(to), at);
      await page.waitForFunction((to) => document.querySelector('fl-app').player.position === to, at);
      assert.equal((await page.locator('fl-transport').boundingBox()).height, height, `step ${at}`);
    }
    await close();
  });
}

test('a step leads to the routine of the kernel in which it begins', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3&policy=2019-12`, { reducedMotion: 'reduce' });
  const place = page.locator('fl-transport .place');
  // An operation begins: no routine of the kernel does that.
  await page.evaluate(() => document.querySelector('fl-app').player.seek(1));
  await place.waitFor({ state: 'detached' });
  await page.evaluate(() => document.querySelector('fl-app').player.seek(4));
  await place.getByText('vm_fault.c: vm_fault_soft_fast').waitFor();
  const [href, target] = await place.evaluate((link) => [link.href, link.target]);
  assert.deepEqual([href, target], ['https://github.com/freebsd/freebsd-src/blob/4bf95d00cebf/sys/vm/vm_fault.c', '_blank']);
  await close();
});
