// Isolation is the server's to give, and the page loads either way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isolatedUrl, launch, plainUrl } from './browser.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const [name, url, isolated] of [
  ['with the headers the page may share memory', isolatedUrl, true],
  ['without them it loads and may not', plainUrl, false],
]) {
  test(name, async () => {
    const page = await browser.newPage();
    const failures = [];
    page.on('pageerror', (error) => failures.push(error));
    const response = await page.goto(url, { waitUntil: 'load' });
    assert.equal(response.status(), 200);
    assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), isolated);
    assert.deepEqual(failures, []);
    await page.close();
  });
}
