// The front door: cards with thumbnails; one click or one key leads to the race of D23155.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openFront, position, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

const standing = (page, scenario) =>
  page.waitForFunction((name) => document.querySelector('fl-app')?.player.scenario === name, scenario);

test('every scenario has a card with its title and a thumbnail of its chain', async () => {
  const { page, close } = await openFront(browser, url);
  const names = await page.evaluate(() => document.querySelector('fl-app').player.catalog.scenarios.map((one) => one.name));
  assert.equal(await page.locator('fl-card').count(), names.length);
  for (const card of await page.locator('fl-card').all()) {
    await card.scrollIntoViewIfNeeded();
    await card.locator('fl-thumbnail .object-box').first().waitFor({ state: 'attached' });
    assert.notEqual(await card.getByRole('heading').innerText(), '');
  }
  // The thumbnail of the race is the moment at which it shows.
  const race = page.locator('fl-card').filter({ has: page.locator('a[href="?scenario=t3"]') });
  assert.ok((await race.locator('fl-thumbnail .tile .wrong').count()) > 0);
  assert.match(await race.getByRole('link').innerText(), /2019–2020/);
  await close();
});

test('one click leads to the story of the race of D23155', async () => {
  for (const way of ['click', 'key']) {
    const { page, close } = await openFront(browser, url);
    const button = page.getByRole('button', { name: 'Watch its story' });
    if (way === 'click') await button.click();
    else await button.press('Enter');
    await standing(page, 't3-story');
    await page.getByRole('heading', { level: 1 }).getByText('The fault COW race').waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'Kernel' }).inputValue(), '2019-12');
    assert.equal((await position(page)).at, 0);
    // The focus is where the story starts from.
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('fl-app')?.player.position > 0);
    await close();
  }
});

test('a card opens its scenario on its kernel, by mouse and by keyboard, and the gallery is one step back', async () => {
  const { page, close } = await openFront(browser, url);
  await page.locator('fl-card a[href="?scenario=g4"]').click();
  await standing(page, 'g4');
  assert.equal(await page.getByRole('combobox', { name: 'Kernel' }).inputValue(), 'main');
  await page.getByRole('button', { name: 'Gallery' }).click();
  await page.locator('fl-card a[href="?scenario=g2"]').focus();
  await page.keyboard.press('Enter');
  await standing(page, 'g2');
  await close();
});

test('an address can name a scenario and a kernel', async () => {
  const { page, close } = await openFront(browser, url);
  await page.goto(`${url}?scenario=g7&policy=2021`);
  await standing(page, 'g7');
  assert.equal(await page.getByRole('combobox', { name: 'Kernel' }).inputValue(), '2021');
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: axe finds nothing on the front door, on a wide screen and on a phone`, async () => {
    for (const options of [{}, PHONE]) {
      const { page, close } = await openFront(browser, url, { colorScheme, ...options });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const described = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
      assert.deepEqual(described, []);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.equal(sideways, 0);
      await close();
    }
  });
}
