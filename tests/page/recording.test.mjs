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
    const bar = page.getByRole('progressbar');
    await bar.evaluate((one) => {
      window.seen = [];
      // While the recording loads another bar stands there, which has no value.
      const root = one.getRootNode();
      const look = () => window.seen.push(root.querySelector('progress[value]')?.value ?? 0);
      new MutationObserver(look).observe(root, { subtree: true, attributes: true, attributeFilter: ['value'] });
    });
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.locator('#result').waitFor({ timeout: 540_000 });
    const result = await page.locator('#result').innerText();
    assert.match(result, /No finding, no leaked frame/);
    assert.match(result, site.isolated ? /\d+ workers?/ : /One thread/);
    assert.equal(await bar.evaluate((one) => one.value), 1);
    // The counts are live: they were seen to grow, and never to shrink, before the end.
    const seen = await page.evaluate(() => window.seen);
    assert.ok(seen.some((share) => share > 0 && share < 1), `${seen.length} shares were shown`);
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
    const faults = await page.locator('dl div', { hasText: 'page faults' }).locator('dd').innerText();
    assert.ok(Number(faults.replace(/\D/g, '')) > 10_000, faults);
    assert.ok((await page.getByRole('img', { name: /Faults by chain length/ }).count()) === 1);
    await close();
  });
}
