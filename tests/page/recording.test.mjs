// The recording on the built page: to its end, with no finding and no leaked frame, with and without threads.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

for (const site of SITES) {
  test(`${site.name}: the recording replays to its end`, { timeout: 600_000 }, async () => {
    const { page, close } = await open(browser, site.url);
    await page.getByRole('button', { name: 'Threads' }).click();
    const mode = await page.locator('#mode').innerText();
    assert.match(mode, site.isolated ? /Real threads/ : /One thread/);
    await page.getByRole('button', { name: 'Replay' }).click();
    const bar = page.getByRole('progressbar');
    // The counts are live: they are seen to grow before the end.
    await page.waitForFunction(() => {
      const bar = document.querySelector('fl-app').shadowRoot.querySelector('fl-threads').shadowRoot.querySelector('progress');
      return bar.value > 0.02 && bar.value < 1;
    });
    await page.locator('#result').waitFor({ timeout: 540_000 });
    const result = await page.locator('#result').innerText();
    assert.match(result, /No finding, no leaked frame/);
    assert.match(result, site.isolated ? /\d+ workers?/ : /One thread/);
    assert.equal(await bar.evaluate((one) => one.value), 1);
    const faults = await page.locator('dl div', { hasText: 'page faults' }).locator('dd').innerText();
    assert.ok(Number(faults.replace(/\D/g, '')) > 10_000, faults);
    assert.ok((await page.getByRole('img', { name: /Faults by chain length/ }).count()) === 1);
    await close();
  });
}
