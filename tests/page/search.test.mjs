// The search on the page: the race of D23155 found, and the proof that the fix leaves none.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { known, launch, open, openFront, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;

const verdict = (page, wanted) =>
  page.waitForFunction((name) => document.querySelector('fl-app')?.search.result?.verdict === name, wanted, { timeout: 120_000 });

/** What the address says of the run on the screen. */
const foundInPlayer = (page) =>
  page.evaluate(() => {
    const { player } = document.querySelector('fl-app');
    const first = player.steps.findIndex((step) => step.findings.length > 0) + 1;
    return { scenario: player.scenario, policy: player.policy, at: player.position, first, kinds: player.steps[first - 1]?.findings.map((one) => one.kind) };
  });

/** Whether something on the page has the focus. */
const isHeld = (page) => page.evaluate(() => document.querySelector('fl-app').shadowRoot.activeElement !== null);

for (const way of ['mouse', 'keyboard']) {
  test(`a newcomer, by ${way}: one button finds the race of D23155, minimises and narrates it; then it is linked, and the fix is verified`, async () => {
    const { page, close } = await openFront(browser, url, { permissions: ['clipboard-read', 'clipboard-write'] });
    const press = async (button) => {
      if (way === 'mouse') await button.click();
      else await button.press('Enter');
    };
    if (way === 'mouse') await page.getByRole('button', { name: 'Find the race of D23155' }).click();
    else await page.keyboard.press('Enter');
    await known(page, 'found');
    // It stands on the screen by itself, at the step of the finding, with its story.
    await page.locator('fl-search .verdict').getByText('a page is free while it is still mapped').waitFor();
    await page.locator('fl-findings').getByText('freed while mapped').first().waitFor();
    const found = await foundInPlayer(page);
    assert.deepEqual(found, { ...found, scenario: 't3', policy: '2019-12', at: found.first, kinds: found.kinds });
    assert.equal(found.kinds[0], 'freed-while-mapped');
    assert.ok(found.at > 0);
    // As long as it says it is.
    await page.getByRole('list', { name: 'What was found' }).getByText(`${found.at} steps, 2 preemptions`).first().waitFor();
    assert.ok((await page.locator('fl-story .wrong.now').count()) === 1);

    await press(page.getByRole('button', { name: 'Copy link' }));
    await page.getByRole('button', { name: 'Link copied' }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(link.length - url.length < 300, link);
    const other = await open(browser, link);
    await other.page.locator('fl-findings').getByText('freed while mapped').first().waitFor();
    assert.deepEqual(await foundInPlayer(other.page), found);
    await other.close();

    await press(page.getByRole('button', { name: 'With the fix: search under 2020-01-fixed' }));
    await verdict(page, 'complete');
    assert.ok(await isHeld(page));
    await page.locator('fl-search .verdict.proof').getByText('Proven: nothing breaks').waitFor();
    assert.equal((await foundInPlayer(page)).policy, '2020-01-fixed');
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(violations.map((one) => one.id), []);
    await press(page.getByRole('button', { name: 'Before and after, side by side' }));
    await page.waitForFunction(() => document.querySelector('fl-app')?.pair.status === 'paused');
    assert.ok(await isHeld(page));
    await close();
  });
}

test('a search that ends while another run is shown does not replace that run', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3&policy=2019-12`);
  await page.keyboard.press('Shift+Period');
  await page.keyboard.press('s');
  await verdict(page, 'found');
  await page.getByRole('list', { name: 'What was found' }).waitFor();
  const where = await page.evaluate(() => {
    const { position, isStored } = document.querySelector('fl-app').player;
    return { position, isStored };
  });
  assert.deepEqual(where, { position: 1, isStored: true });
  await page.getByRole('button', { name: /^The smallest scenario/ }).press('Enter');
  await page.getByRole('button', { name: /^The smallest scenario, on the screen/ }).waitFor();
  await page.getByText('(edited)').waitFor();
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector('fl-app').player.edited);
  await close();
});

test('a chosen kernel is searched next, and the panel says so', async () => {
  const { page, close } = await open(browser, `${url}?scenario=p2&policy=2020-01-weakened-pip`);
  await page.keyboard.press('s');
  await verdict(page, 'found');
  await page.getByRole('combobox', { name: 'Kernel' }).selectOption('main');
  await page.locator('fl-search').getByRole('button', { name: 'Search under main' }).click();
  await verdict(page, 'complete');
  await page.locator('fl-search').getByText('p2 under main').waitFor();
  await close();
});

test('a verdict names its scenario and kernel once another run is shown, and that one can be searched instead', async () => {
  const { page, close } = await open(browser, `${url}?scenario=p2&policy=main`);
  const panel = page.locator('fl-search');
  await page.keyboard.press('s');
  await verdict(page, 'complete');
  await panel.locator('.verdict.proof').waitFor();
  await page.evaluate(() => document.querySelector('fl-app').player.load('clean-share', 'main'));
  await panel.getByText('and not about clean-share under main').waitFor();
  assert.equal(await panel.locator('.verdict.proof').count(), 0);
  await panel.getByRole('button', { name: 'Search clean-share under main' }).click();
  await panel.locator('.verdict.proof').waitFor();
  await panel.getByText('clean-share under main', { exact: true }).waitFor();

  // One that is still going on is left alone until the reader says so.
  await page.evaluate(() => document.querySelector('fl-app').player.load('t3-story', 'main'));
  await panel.getByRole('button', { name: 'Search t3-story under main' }).click();
  await page.evaluate(() => document.querySelector('fl-app').player.load('p2', 'main'));
  await page.getByRole('button', { name: 'Search', exact: true }).first().click();
  await panel.getByText('t3-story under main').waitFor();
  await panel.getByRole('button', { name: 'Search p2 under main instead' }).click();
  await verdict(page, 'complete');
  await panel.getByText('p2 under main', { exact: true }).waitFor();

  // Closed, it goes on no longer, and the focus is not lost.
  await page.evaluate(() => document.querySelector('fl-app').player.load('t3-story', 'main'));
  await panel.getByRole('button', { name: 'Search t3-story under main' }).click();
  await panel.getByRole('button', { name: 'Close the search' }).press('Enter');
  await page.waitForFunction(() => document.querySelector('fl-app').search.result?.verdict === 'stopped');
  assert.ok(await isHeld(page));
  await close();
});

test('the panel plays and links the finding that it describes', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3&policy=2019-12`);
  const panel = page.locator('fl-search');
  await page.keyboard.press('s');
  await verdict(page, 'found');
  await panel.getByText(/^2 lines fewer: without S, q0 and two stores/).waitFor();
  await panel.getByRole('combobox', { name: 'How to search' }).selectOption('By chance (random)');
  await panel.getByRole('combobox', { name: 'What to look for' }).selectOption('whatever comes up');
  await panel.getByRole('button', { name: 'Search again' }).click();
  await verdict(page, 'found');
  assert.notEqual(await page.evaluate(() => document.querySelector('fl-app').search.result.findings[0].kind), 'freed-while-mapped');
  // The first finding is still on the screen.
  assert.equal(await panel.locator('[aria-current=true]').count(), 0);
  await panel.getByRole('button', { name: 'Play it from the start' }).click();
  await page.waitForFunction(() => {
    const { player, search } = document.querySelector('fl-app');
    const { turns, kind } = search.result.findings[0];
    return player.steps[turns - 1]?.findings.some((one) => one.kind === kind);
  });
  await panel.getByRole('button', { name: /on the screen/ }).waitFor();
  await close();
});

test('by keyboard: the race is found, narrated, and opened at the step of the finding', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3&policy=2019-12`);
  await page.keyboard.press('s');
  await verdict(page, 'found');
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((one) => one.id), []);
  await page.getByRole('list', { name: 'What was found' }).getByRole('button').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('fl-findings li').first().waitFor();
  const { position, before } = await page.evaluate(() => {
    const { player } = document.querySelector('fl-app');
    return { position: player.position, before: player.steps.slice(0, player.position - 1).filter((step) => step.findings.length > 0).length };
  });
  assert.ok(position > 0);
  assert.equal(before, 0);
  assert.ok((await page.locator('fl-story .wrong').count()) > 0);
  await close();
});

test('by mouse: a search can be paused, resumed and stopped', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3-story&policy=2020-01-fixed`);
  await page.getByRole('button', { name: 'Search', exact: true }).first().click();
  await page.getByRole('button', { name: 'Pause', exact: true }).and(page.locator('fl-search button')).click();
  await page.locator('fl-search').getByText('paused').waitFor();
  await page.locator('fl-search').getByRole('button', { name: 'Resume' }).click();
  await page.waitForFunction(() => document.querySelector('fl-app')?.search.progress?.states > 0);
  await page.locator('fl-search').getByRole('button', { name: 'Stop' }).click();
  await page.waitForFunction(() => document.querySelector('fl-app')?.search.status === 'done');
  assert.notEqual(await page.evaluate(() => document.querySelector('fl-app').search.result.verdict), 'found');
  await close();
});

test('a search from a step says whether a finding is still reachable', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3&policy=2019-12`);
  const first = await page.evaluate(() => document.querySelector('fl-app').player.steps.findIndex((step) => step.findings.length > 0));
  await page.evaluate((at) => document.querySelector('fl-app').player.seek(at - 1), first);
  await page.keyboard.press('t');
  await page.getByRole('button', { name: 'Is a finding still reachable from here?' }).click();
  await verdict(page, 'found');
  await page.locator('fl-search').getByText(`from step ${first - 1} on`).waitFor();
  // What has come up already is said to have; at the end there is nothing left to ask.
  await page.evaluate((at) => document.querySelector('fl-app').player.seek(at + 1), first);
  await page.keyboard.press('r');
  await page.locator('fl-search .verdict').getByText('It has come up already').waitFor();
  await page.keyboard.press('End');
  await page.waitForFunction(() => document.querySelector('fl-app').player.atEnd);
  assert.ok(await page.getByRole('button', { name: 'Is a finding still reachable from here?' }).isDisabled());
  await close();
});

test('a finding of a search from a step opens at its own step, whatever other findings come before', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3&policy=2019-12`);
  await page.evaluate(() => document.querySelector('fl-app').player.seek(11));
  await page.keyboard.press('t');
  await page.keyboard.press('r');
  await verdict(page, 'found');
  await page.getByRole('list', { name: 'What was found' }).getByRole('button').first().click();
  await page.getByRole('button', { name: /^One way to it, not shortened, on the screen/ }).waitFor();
  const { at, turns } = await page.evaluate(() => {
    const { player, search } = document.querySelector('fl-app');
    return { at: player.position, turns: search.result.findings[0].turns };
  });
  assert.equal(at, turns);
  assert.ok((await foundInPlayer(page)).first < at, 'something else goes wrong before, or this shows nothing');
  // From the beginning it can be made short.
  await page.getByRole('button', { name: /^Look for the shortest story/ }).click();
  await page.getByRole('button', { name: /^The shortest story/ }).waitFor();
  await close();
});

test('what was found stays where it is while a smaller scenario is looked for, and so do Pause and Stop', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3&policy=2019-12`);
  const panel = page.locator('fl-search');
  await page.keyboard.press('s');
  const stop = panel.getByRole('button', { name: 'Stop' });
  await stop.waitFor();
  await page.evaluate(() => document.querySelector('fl-app').shadowRoot.querySelector('fl-search').updateComplete);
  const tops = await page.evaluate(async () => {
    const app = document.querySelector('fl-app');
    const found = () => app.shadowRoot.querySelector('fl-search')?.renderRoot.querySelector('.next');
    const seen = [];
    await new Promise((resolve) => {
      const look = () => {
        if (found()) seen.push(found().getBoundingClientRect().top);
        if (app.search.status === 'done') resolve();
        else requestAnimationFrame(look);
      };
      look();
    });
    return seen;
  });
  assert.ok(tops.length > 1, 'the actions stand there before the search is over');
  assert.equal(new Set(tops.slice(2).map(Math.round)).size, 1, JSON.stringify([...new Set(tops)]));
  assert.equal(await page.locator('button.primary:visible').count(), 1);
  await close();
});
