// Break it: a level played to its end by keys, its link, the fix and its proof; and that par is what a search gives.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openFront, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

const standing = (page, scenario, policy) =>
  page.waitForFunction(
    ([name, kernel]) => {
      const { player } = document.querySelector('fl-app').lesson;
      return player.scenario === name && player.policy === kernel && player.status === 'paused';
    },
    [scenario, policy],
  );

/** What the level's player is at. */
const at = (page) =>
  page.evaluate(() => {
    const { player } = document.querySelector('fl-app').lesson;
    return { position: player.position, runnable: player.runnable.map(({ task, at }) => ({ task: player.names.task(task), at })) };
  });

/** Presses a key and waits until the level stands elsewhere, or says that it is over. */
async function press(page, key) {
  const { position } = await at(page);
  await page.keyboard.press(key);
  await page.waitForFunction((was) => document.querySelector('fl-app').lesson.player.position !== was, position);
}

async function level(scenario, policy, options) {
  const opened = await openFront(browser, url, options);
  await opened.page.goto(`${url}#levels;level=${scenario}`);
  await standing(opened.page, scenario, policy);
  await opened.page.locator('fl-level fl-turns li').first().waitFor();
  return opened;
}

/** Plays the deadlock: A1 has M and is about to lock O, then G goes on until it waits for M, then A1 until it waits for O. */
async function deadlock(page) {
  for (let locks = 0; locks < 2; ) {
    await press(page, '1');
    const [first] = (await at(page)).runnable;
    assert.equal(first.task, 'A1');
    if (first.at === 'object_lock') locks++;
  }
  await page.keyboard.press('Shift+Digit2');
  await page.waitForFunction(() => document.querySelector('fl-app').lesson.player.runnable.length === 1);
  await page.keyboard.press('Shift+Digit1');
  await page.getByRole('heading', { name: 'Broken' }).waitFor();
}

test('a level is played to its end by keys alone; its link leads to the same finding', async () => {
  const { page, close } = await openFront(browser, url);
  await page.getByRole('link', { name: /^Break it/ }).press('Enter');
  await page.getByRole('button', { name: /^Level 3: / }).press('Enter');
  await standing(page, 'deadlock', 'main,+P17');
  assert.equal(new URL(page.url()).hash, '#levels;level=deadlock');
  await page.locator('fl-level fl-turns li').first().waitFor();
  await deadlock(page);
  // Beside the picture, not over it.
  const [picture, won] = [await page.locator('fl-level fl-diagram').boundingBox(), await page.locator('fl-won').boundingBox()];
  assert.ok(won.x >= picture.x + picture.width);
  await page.getByText('You took 1 preemption: there is no way with fewer.').waitFor();
  const { position } = await at(page);
  const href = await page.locator('fl-won a').getAttribute('href');
  const said = await page.locator('fl-won p').first().innerText();
  const other = await openFront(browser, url);
  await other.page.goto(url + href);
  await other.page.locator('fl-findings').getByText(said).waitFor();
  const there = await other.page.evaluate(() => {
    const { player } = document.querySelector('fl-app');
    return { position: player.position, kinds: player.steps[player.position - 1].findings.map((one) => one.kind), differs: player.differs };
  });
  assert.deepEqual(there, { position, kinds: ['deadlock'], differs: [] });
  await other.close();

  // The list knows it, in the next visit too, and Escape leads out.
  await page.getByRole('heading', { level: 1 }).focus();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Level 3, done: .*yours 1/ }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: /^Level 3, done: / }).waitFor();
  await page.getByText('1 of 10 broken.').waitFor();
  await page.getByRole('heading', { level: 1 }).focus();
  await page.keyboard.press('Escape');
  await page.locator('fl-card').first().waitFor();
  await close();
});

test('under the fix the same level ends in the proof, and only with the proof', async () => {
  const { page, close } = await level('deadlock', 'main,+P17');
  await deadlock(page);
  await page.getByRole('button', { name: 'Now break it under the fix' }).press('Enter');
  await standing(page, 'deadlock', 'main');
  await page.locator('fl-turns li').first().waitFor();
  await page.keyboard.press('Shift+Digit1');
  await page.waitForFunction(() => document.querySelector('fl-app').lesson.player.runnable.length === 1);
  await page.keyboard.press('Shift+Digit1');
  await page.getByText('Everything has come to its end.').waitFor();
  assert.equal(await page.getByText('Proven').count(), 0);
  await page.keyboard.press('r');
  await page.getByText('Proven: nothing breaks in any interleaving').waitFor();
  assert.equal(await page.evaluate(() => document.querySelector('fl-app').lesson.search.result.verdict), 'complete');
  await page.getByRole('button', { name: 'All levels' }).click();
  await page.getByRole('button', { name: /^Level 3, done: .*fix proven/ }).waitFor();
  await close();
});

test('the hint says yes where the aim can still be reached, and no where it cannot', async () => {
  const { page, close } = await level('deadlock', 'main,+P17');
  await page.keyboard.press('r');
  await page.locator('fl-reach').getByText(/^Yes\./).waitFor();
  // G is gone before A1 has begun: nobody is left to wait for.
  await page.keyboard.press('Shift+Digit2');
  await page.waitForFunction(() => document.querySelector('fl-app').lesson.player.runnable.length === 1);
  assert.equal(await page.locator('fl-reach').getByText(/^Yes\./).count(), 0, 'the answer was about another moment');
  await page.keyboard.press('r');
  await page.locator('fl-reach').getByText(/^No\./).waitFor();
  await page.keyboard.press('Comma');
  await page.waitForFunction(() => document.querySelector('fl-app').lesson.player.position === 0);
  await press(page, '1');
  await press(page, '2');
  await page.getByText('Preemptions: 1').waitFor();
  await page.keyboard.press('Home');
  await page.getByText('Preemptions: 0').waitFor();
  await close();
});

test('par is the fewest preemptions that a search finds, which the page counts alike, and every fix is proven', async () => {
  const { page, close } = await openFront(browser, url);
  await page.goto(`${url}#levels`);
  await page.locator('fl-levels ol .facts').first().waitFor();
  const entries = await page.locator('fl-levels ol .facts').allInnerTexts();
  const searched = await page.evaluate(async () => {
    const { player, search } = document.querySelector('fl-app').lesson;
    const run = async (request) => {
      await search.start({ shrink: false, ...request }, 'test');
      return search.result;
    };
    const all = [];
    for (const { scenario, kind, fix } of document.querySelector('fl-app').shadowRoot.querySelector('fl-levels').levels) {
      const { text, policy } = player.catalog.scenarios.find((one) => one.name === scenario);
      const { findings: [found] } = await run({ scenario: text, policy, strategy: 'preemptions', preemptions: 6, kind });
      const fewer = found.preemptions === 0 ? 'none' : (await run({ scenario: text, policy, strategy: 'preemptions', preemptions: found.preemptions - 1, kind })).verdict;
      const proof = await run({ scenario: text, policy: fix, strategy: 'exhaustive', kind: 'any' });
      all.push({ scenario, policy, found, par: found.preemptions, fewer, proof: proof.verdict });
    }
    return all;
  });
  assert.deepEqual(entries.map((text) => Number(/^par (\d+)/.exec(text)[1])), searched.map((one) => one.par));
  assert.ok(searched.length >= 8);
  for (const { scenario, policy, found, par, fewer, proof } of searched) {
    // What the search found, played in the level: that counts as many, and the aim is reached.
    await page.goto(`${url}#levels;level=${scenario}`);
    await standing(page, scenario, policy);
    await page.evaluate(
      async ([name, kernel, { choices, turns }]) => {
        const { player } = document.querySelector('fl-app').lesson;
        await player.follow({ scenario: name, source: player.source, policy: kernel, choices, turns });
      },
      [scenario, policy, found],
    );
    await page.locator('fl-level .count').getByText(new RegExp(`^Preemptions: ${par}\\s*par ${par}$`)).waitFor();
    await page.locator('fl-won').getByText('there is no way with fewer').waitFor();
    assert.equal(fewer, par === 0 ? 'none' : 'bounded', `${scenario} with fewer`);
    assert.equal(proof, 'complete', `${scenario} with its fix`);
  }
  await close();
});

test('it works where the browser stores nothing', async () => {
  const { page, close } = await openFront(browser, url, {}, (context) =>
    context.addInitScript(() => Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('denied', 'SecurityError'); } })),
  );
  await page.goto(`${url}#levels;level=deadlock`);
  await standing(page, 'deadlock', 'main,+P17');
  await page.locator('fl-level fl-turns li').first().waitFor();
  await deadlock(page);
  await page.getByRole('button', { name: 'All levels' }).click();
  await page.getByRole('button', { name: /^Level 3, done: / }).waitFor();
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: axe finds no violations in the list, in a level and beside what is won, on a phone too`, async () => {
    for (const options of [{}, PHONE]) {
      const { page, close } = await openFront(browser, url, { colorScheme, ...options });
      const check = async (what) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`), [], what);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, what);
      };
      await page.goto(`${url}#levels`);
      await page.locator('fl-levels li').first().waitFor();
      await check('list');
      await page.getByRole('button', { name: /^Level 3: / }).click();
      await standing(page, 'deadlock', 'main,+P17');
      await page.locator('fl-level fl-turns li').first().waitFor();
      await check('level');
      await deadlock(page);
      await page.locator('fl-won a').waitFor();
      await check('won');
      await close();
    }
  });
}
