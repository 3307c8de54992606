// What the other tests do in Chromium, in short, in Firefox: the story, the search and a link. Playwright cannot drive
// a distribution's Firefox; WebDriver BiDi, which it has built in, can.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { SITES } from './browser.mjs';

let browser;
before(async () => {
  browser = await puppeteer.launch({ browser: 'firefox', executablePath: process.env.FAULTLINE_FIREFOX ?? '/usr/bin/firefox-esr', headless: true });
});
after(() => browser.close());

async function visit(address) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.setViewport({ width: 1366, height: 700 });
  await page.goto(address);
  return { page, errors };
}

/** Waits until the player stands where `wanted` accepts; what it says of itself. */
async function state(page, wanted = 'true') {
  const expression = `(() => {
    const { player, model } = document.querySelector('fl-app') ?? {};
    if (!player || player.scenario === '' || player.status === 'loading') return null;
    const now = { scenario: player.scenario, policy: player.policy, at: player.position, length: player.length, facts: model.facts.map((one) => one.finding.kind) };
    return (${wanted}) ? now : null;
  })()`;
  const handle = await page.waitForFunction(expression);
  return handle.jsonValue();
}

/** Waits until something holds in the shadow tree to which these elements lead. */
const inShadow = (page, [first, ...rest], holds) =>
  page.waitForFunction(`(${holds})(${JSON.stringify(rest)}.reduce((root, one) => root.querySelector(one).shadowRoot, document.querySelector('${first}').shadowRoot))`);

for (const { name, url, isolated } of SITES) {
  test(`${name}: the story plays by its keys up to the finding, which is in the picture and in words`, async () => {
    const { page, errors } = await visit(`${url}?scenario=t3-story`);
    const begin = await state(page);
    assert.deepEqual([begin.at, begin.policy], [0, '2019-12']);
    assert.equal(await page.evaluate(() => crossOriginIsolated), isolated);
    await page.keyboard.press('.');
    await state(page, 'now.at > 0');
    for (let n = 0; n < 3; n++) await page.keyboard.press(']');
    await page.evaluate(() => {
      const { player } = document.querySelector('fl-app');
      return player.seek(player.steps.findIndex((step) => step.findings.length > 0) + 1);
    });
    const found = await state(page, 'now.facts.length > 0');
    assert.ok(found.facts.includes('freed-while-mapped'), `${found.facts}`);
    await inShadow(page, ['fl-app', 'fl-findings'], "(root) => /freed while mapped/.test(root.textContent)");
    await inShadow(page, ['fl-app', 'fl-diagram'], "(root) => root.querySelector('.line.wrong')");
    assert.deepEqual(errors, []);
    await page.close();
  });

  test(`${name}: a search finds the race, and its link opens at the same place in another tab`, async () => {
    const { page, errors } = await visit(`${url}?scenario=t3`);
    await state(page);
    await page.evaluate(() => document.querySelector('fl-app').find());
    const found = await state(page, 'now.at > 0 && now.facts.length > 0');
    const hash = await page.waitForFunction(() => (/;t=[1-9]\d*/.test(location.hash) ? location.hash : null));
    const link = `${url}${await hash.jsonValue()}`;
    const { page: other, errors: others } = await visit(link);
    assert.deepEqual(await state(other), found);
    assert.deepEqual([errors, others], [[], []]);
    await other.close();
    await page.close();
  });
}
