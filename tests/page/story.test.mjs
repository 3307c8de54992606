// The fault cow race on the built page: found before the fix, gone with it; by mouse and by keyboard.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ended, launch, loaded, moved, open, position, SITES } from './browser.mjs';

/**
 * What the front door may ask for: the document, its icon and style, scripts (what it shares with views that come later
 * is in files of its own), the gallery's data, and the engine's two files where the browser has been idle so soon.
 */
const MOST_REQUESTS = 16;
const MOST_SCRIPT = 500_000;

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

for (const site of SITES) {
  describe(site.name, () => {
    test('the first screen loads few files and none twice', async () => {
      // How long a screen takes depends on the machine; what it waits for does not.
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      const asked = [];
      context.on('response', (response) => asked.push(response));
      await page.goto(site.url);
      await page.locator('fl-card').first().waitFor();
      const before = [...asked];
      const names = before.map((response) => new URL(response.url()).pathname);
      assert.deepEqual(names, [...new Set(names)]);
      assert.ok(names.length <= MOST_REQUESTS, names.join(' '));
      // Threads, the search and the recording are for later.
      assert.deepEqual(names.filter((name) => /threads|search|slices|trace/.test(name)), []);
      const sizes = await Promise.all(before.filter((one) => one.ok() && !/wasm|worker/.test(one.url())).map(async (one) => [one.url(), (await one.body()).length]));
      const bytes = (kind) => sizes.filter(([name]) => kind.test(name)).reduce((sum, [, size]) => sum + size, 0);
      assert.ok(bytes(/\.(js|css)$/) <= MOST_SCRIPT, `${bytes(/\.(js|css)$/)} bytes of script and style`);
      await context.close();
    });

    test('the first screen of a scenario says what to do', async () => {
      const { page, close } = await open(browser, site.url);
      assert.equal(await page.evaluate(() => crossOriginIsolated), site.isolated);
      assert.ok(await page.getByRole('button', { name: 'Play the story' }).isVisible());
      assert.equal(await page.getByRole('combobox', { name: 'Kernel' }).inputValue(), '2019-12');
      assert.equal((await position(page)).at, 0);
      await close();
    });

    test('by mouse: the story ends with a finding under 2019-12, and without one under 2020-01-fixed', async () => {
      const { page, close } = await open(browser, site.url);
      await page.getByLabel('Speed').selectOption('4');
      await page.getByRole('button', { name: 'Play the story' }).click();
      await ended(page);
      const findings = page.getByRole('list', { name: 'Findings' });
      await findings.getByText('freed while mapped').first().waitFor();
      assert.ok((await page.locator('fl-diagram .callout').count()) === 1);
      assert.ok((await page.locator('fl-story .wrong').count()) > 0);
      // The same words as on the command line.
      await page.locator('fl-story .bad').getByText('p0 is freed while B’s va0 still leads to it').waitFor();
      await findings.getByText('p0 is free, and B’s va0 (read-only) still leads to it.').first().waitFor();
      await findings.getByText('B1 holds map of B (read), page 0 of S (busy).').first().waitFor();

      await page.getByRole('combobox', { name: 'Kernel' }).selectOption('2020-01-fixed');
      await loaded(page, '2020-01-fixed');
      await page.getByLabel('Speed').selectOption('4');
      await page.getByRole('button', { name: 'Play the story' }).click();
      await ended(page);
      assert.equal(await page.locator('fl-findings li').count(), 0);
      assert.equal(await page.locator('fl-diagram .callout, fl-diagram .line.wrong').count(), 0);
      await close();
    });

    test('by keyboard alone: step, back, choose, scrub, play, help', async () => {
      const { page, close } = await open(browser, site.url);
      await page.keyboard.press('Shift+Period');
      assert.equal((await moved(page, 0)).at, 1);
      await page.keyboard.press('.');
      assert.equal((await moved(page, 1)).at, 2);
      await page.keyboard.press(',');
      assert.equal((await moved(page, 2)).at, 1);

      // Another task than the story's goes next: what was known to follow is forgotten.
      const { length } = await position(page);
      await page.keyboard.press('2');
      const other = await moved(page, 1);
      assert.equal(other.at, 2);
      assert.ok(other.length < length);
      await page.keyboard.press('Home');
      assert.equal((await moved(page, 2)).at, 0);

      // Reload the story by the scenario's picker, then watch its end.
      await tabTo(page, (element) => element.localName === 'select' && element.closest('label')?.innerText.startsWith('Scenario'));
      await page.keyboard.press('ArrowUp');
      await page.waitForFunction(() => document.querySelector('fl-app').player.scenario !== 't3-story');
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => document.querySelector('fl-app')?.player.scenario === 't3-story');
      await tabTo(page, (element) => element.ariaLabel?.startsWith('Play (space)'));
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('fl-app')?.player.position > 0);
      await page.keyboard.press('Enter');
      await page.keyboard.press('End');
      await ended(page);
      assert.equal((await position(page)).at, (await position(page)).length);

      await page.keyboard.press('?');
      const help = page.getByRole('dialog', { name: /^(Keys, marks and words|Help)$/ });
      await help.waitFor();
      // However small the screen, it is read from its beginning.
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.setViewportSize({ width: 390, height: 500 });
      await page.keyboard.press('?');
      await help.waitFor();
      assert.equal(await help.evaluate((dialog) => dialog.scrollTop), 0);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await close();
    });

    test('manual operations: fork, write, read, exit; back undoes them', async () => {
      const { page, close } = await open(browser, site.url);
      const processes = () => page.locator('fl-diagram .column').count();
      const were = await processes();
      await page.getByRole('button', { name: 'Fork', exact: true }).click();
      await page.waitForFunction(() => document.querySelector('fl-app')?.player.status === 'paused' && document.querySelector('fl-app')?.player.position > 0, undefined, { timeout: 30_000 });
      assert.equal(await processes(), were + 1);
      const { at } = await position(page);
      await page.getByRole('button', { name: /^Write/ }).click();
      await page.waitForFunction((was) => document.querySelector('fl-app')?.player.status === 'paused' && document.querySelector('fl-app')?.player.position > was, at, { timeout: 30_000 });
      await page.getByRole('button', { name: /To the start/ }).click();
      await moved(page, at + 1);
      assert.equal((await position(page)).at, 0);
      assert.equal(await processes(), were);
      await close();
    });
  });
}

/** Tabs from control to control until one fits. */
async function tabTo(page, fits) {
  const source = `(${fits.toString()})`;
  for (let n = 0; n < 120; n++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate((text) => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element ? Boolean((0, eval)(text)(element)) : false;
    }, source);
    if (found) return;
  }
  assert.fail(`no control fits ${source}`);
}
