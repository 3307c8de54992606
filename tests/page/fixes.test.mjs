// Which switches matter: the page's search of all sets says what the command line's table says, and a set is a part of the link.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launch, loaded, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;

/** The table of `docs/exploring.md`, which a test of the command line's search keeps right: scenario, kernel, sets. */
function stored(scenario) {
  const text = readFileSync(new URL('../../docs/exploring.md', import.meta.url), 'utf8');
  const [, kernel, sets] = new RegExp(`^\\| \`${scenario}\` \\| (\\S+) \\| (.*) \\|$`, 'm').exec(text);
  return { kernel, sets: sets.split('; ').map((set) => [...set.matchAll(/`([^`]+)`/g)].map(([, one]) => one)) };
}

async function switches(scenario, options) {
  const { kernel } = stored(scenario);
  const opened = await open(browser, `${url}?scenario=${scenario}&policy=${kernel}`, options);
  await opened.page.getByRole('button', { name: 'Switches', exact: true }).click();
  return { ...opened, kernel, dialog: opened.page.getByRole('dialog', { name: /^Kernel / }) };
}

const sets = (page) => page.evaluate(() => document.querySelector('fl-app').fixes.matters.map((one) => one.switches));

for (const scenario of ['p2', 'soft-busy']) {
  test(`${scenario}: the smallest sets that fix it are those of the command line`, async () => {
    const { page, close, dialog, kernel } = await switches(scenario);
    await dialog.getByRole('button', { name: 'Search all sets' }).click();
    await dialog.getByText(/^Done: /).waitFor({ timeout: 120_000 });
    assert.deepEqual(await sets(page), stored(scenario).sets);
    const listed = await dialog.getByRole('list', { name: 'Sets that fix it' }).locator('li b').allInnerTexts();
    assert.deepEqual(listed, stored(scenario).sets.map((set) => set.join(' with ').replaceAll('-', '−')));
    // Each row of the table is a set; those with one switch are marked at the switch itself.
    const tried = await page.evaluate(() => document.querySelector('fl-app').fixes.tried.length);
    assert.equal(await dialog.locator('tbody tr').count(), tried);
    const alone = stored(scenario).sets.filter((set) => set.length === 1).length;
    assert.equal(await dialog.getByText('turned over, it fixes this').count(), alone);

    // A set that is used is the kernel, and in the link.
    const [first] = stored(scenario).sets;
    const policy = [kernel, ...first].join(',');
    await dialog.getByRole('button', { name: `Use the kernel ${policy}` }).click();
    await loaded(page, policy);
    await page.waitForFunction((part) => location.hash.includes(part), `;${policy.replaceAll(',', '.').replaceAll('+', '~')};`);
    const { hash } = new URL(page.url());
    await page.goto(url);
    await page.goto(url + hash);
    await loaded(page, policy);
    assert.deepEqual(await page.evaluate(() => document.querySelector('fl-app').player.differs), []);
    await close();
  });
}

test('it is paused, goes on and is stopped, by keyboard; closing the switches stops it', async () => {
  const { page, close, dialog } = await switches('p2');
  const status = () => page.evaluate(() => document.querySelector('fl-app').fixes.status);
  await dialog.getByRole('button', { name: 'Search all sets' }).press('Enter');
  await dialog.getByText(/^Searching (switch|pair)/).waitFor();
  await dialog.getByRole('button', { name: 'Pause' }).press('Enter');
  assert.equal(await status(), 'paused');
  await dialog.getByText(/^Paused at/).waitFor();
  await dialog.getByRole('button', { name: 'Resume' }).press('Enter');
  const tried = await page.evaluate(() => document.querySelector('fl-app').fixes.tried.length);
  await page.waitForFunction((before) => document.querySelector('fl-app').fixes.tried.length > before, tried);
  await dialog.getByRole('button', { name: 'Stop' }).press('Enter');
  assert.equal(await status(), 'stopped');
  await dialog.getByText(/^Stopped: /).waitFor();
  await dialog.getByRole('button', { name: 'Search all sets again' }).press('Enter');
  await dialog.getByText(/^Searching/).waitFor();
  await dialog.getByRole('button', { name: 'Close the switches' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.waitForFunction(() => document.querySelector('fl-app').fixes.status === 'stopped');
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: axe finds no violations while sets are searched, on a phone too`, async () => {
    for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
      const { page, close, dialog } = await switches('p2', { colorScheme, viewport });
      await dialog.getByRole('button', { name: 'Search all sets' }).click();
      await dialog.locator('.matters li').first().waitFor();
      await dialog.getByRole('button', { name: 'Pause' }).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      await close();
    }
  });
}
