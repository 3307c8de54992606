// Isolation is the server's to give, and the page loads either way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

for (const { name, url, isolated } of SITES) {
  test(`${name}: the page loads, and may ${isolated ? '' : 'not '}share memory between workers`, async () => {
    const page = await browser.newPage();
    const failures = [];
    page.on('pageerror', (error) => failures.push(error));
    const response = await page.goto(url, { waitUntil: 'load' });
    assert.equal(response.status(), 200);
    assert.equal(response.headers()['cross-origin-opener-policy'], isolated ? 'same-origin' : undefined);
    assert.equal(response.headers()['cross-origin-embedder-policy'], isolated ? 'require-corp' : undefined);
    assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), isolated);
    assert.equal(await page.evaluate(() => typeof SharedArrayBuffer), isolated ? 'function' : 'undefined');
    assert.deepEqual(failures, []);
    await page.close();
  });
}
