// The search on the page: the race of D23155 found, and the proof that the fix leaves none.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;

async function opened(query) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(`${url}${query}`);
  await page.locator('fl-strata svg .slab').first().waitFor();
  return page;
}

const verdict = (page, wanted) =>
  page.waitForFunction((name) => document.querySelector('fl-app').search.result?.verdict === name, wanted, { timeout: 120_000 });

test('by keyboard: the race is found, told, and opened at the step of the finding', async () => {
  const page = await opened('?scenario=t3&policy=2019-12');
  await page.keyboard.press('s');
  await verdict(page, 'found');
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((one) => one.id), []);
  await page.getByRole('list', { name: 'What was found' }).getByRole('button').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('fl-findings li').first().waitFor();
  const { position, before } = await page.evaluate(() => {
    const { player } = document.querySelector('fl-app');
    return { position: player.position, before: player.chunks.slice(0, player.position - 1).filter((chunk) => chunk.findings.length > 0).length };
  });
  assert.ok(position > 0);
  assert.equal(before, 0);
  assert.ok((await page.locator('fl-story .wrong').count()) > 0);
  await page.context().close();
});

test('by mouse: a search can be paused, resumed and stopped', async () => {
  const page = await opened('?scenario=t3-story&policy=2020-01-fixed');
  await page.getByRole('button', { name: 'Search', exact: true }).first().click();
  await page.getByRole('button', { name: 'Pause', exact: true }).and(page.locator('fl-search button')).click();
  await page.locator('fl-search').getByText('paused').waitFor();
  await page.locator('fl-search').getByRole('button', { name: 'Resume' }).click();
  await page.waitForFunction(() => document.querySelector('fl-app').search.progress?.states > 0);
  await page.locator('fl-search').getByRole('button', { name: 'Stop' }).click();
  await page.waitForFunction(() => document.querySelector('fl-app').search.status === 'done');
  assert.notEqual(await page.evaluate(() => document.querySelector('fl-app').search.result.verdict), 'found');
  await page.context().close();
});

test('from a step on: a finding is still reachable, or it is not', async () => {
  const page = await opened('?scenario=t3&policy=2019-12');
  const first = await page.evaluate(() => document.querySelector('fl-app').player.chunks.findIndex((chunk) => chunk.findings.length > 0));
  await page.evaluate((at) => document.querySelector('fl-app').player.seek(at - 1), first);
  await page.keyboard.press('t');
  await page.getByRole('button', { name: 'Is a finding still reachable from here?' }).click();
  await verdict(page, 'found');
  await page.locator('fl-search').getByText(`from step ${first - 1} on`).waitFor();
  await page.context().close();
});
