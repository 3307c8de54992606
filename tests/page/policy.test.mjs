// Nothing but what comes from the site is run, shown or loaded: its policy says so, and everything works under it. Every
// other test fails as well on what the policy forbids.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ended, known, launch, open, openFront, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'";

for (const { name, url } of SITES) {
  test(`${name}: server and page send the content security policy, without exceptions`, async () => {
    const response = await fetch(url);
    assert.equal(response.headers.get('content-security-policy'), POLICY);
    assert.ok((await response.text()).includes(`<meta http-equiv="Content-Security-Policy" content="${POLICY}" />`));
  });

  test(`${name}: gallery, player, search, compare, threads, editor and links work under it`, async () => {
    const { page, close } = await openFront(browser, url, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('fl-thumbnail svg .tile').first().waitFor();
    await page.goto(`${url}?scenario=t3-story&policy=2019-12`);
    await page.locator('fl-diagram svg .object-box').first().waitFor();
    // ObjectBoxes stand where they belong, and not all in one corner.
    const places = await page.locator('fl-diagram .object-box').evaluateAll((all) => all.map((one) => one.style.transform));
    assert.ok(places.length > 0 && places.every((place) => /translate\(\d/.test(place)), places.join());
    await page.keyboard.press('End');
    await ended(page);
    await page.locator('fl-diagram .callout').waitFor();
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Link copied' }).waitFor();
    await page.keyboard.press('e');
    await page.getByRole('dialog', { name: 'Edit the scenario' }).getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('?');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').first().waitFor({ state: 'hidden' });
    await page.goto(`${url}?scenario=t3&policy=2019-12`);
    await page.locator('fl-diagram svg .object-box').first().waitFor();
    await page.keyboard.press('s');
    await known(page, 'found');
    await page.keyboard.press('c');
    await page.locator('fl-compare .list').waitFor();
    await page.getByRole('button', { name: 'Threads' }).click();
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('fl-app').shadowRoot.querySelector('fl-threads').counts.events > 0);
    await page.getByRole('button', { name: 'Stop' }).click();
    await close();
  });
}

test('a violation of the content security policy fails a test', async () => {
  const { page, close } = await open(browser, SITES[0].url);
  await page.evaluate(async () => {
    const seen = new Promise((resolve) => addEventListener('securitypolicyviolation', resolve));
    document.body.insertAdjacentHTML('beforeend', '<p style="color: red">x</p>');
    await seen;
  });
  await assert.rejects(close(), /style-src/);
});
