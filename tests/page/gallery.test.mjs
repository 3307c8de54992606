// The front door: its words before any script, chosen scenarios with pictures, lists of all; one click or one key leads to the race of D23155.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launch, openFront, position, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** Bytes of a file of the built site as a host sends it. */
function sent(path) {
  const file = new URL(`../../dist${path}`, import.meta.url);
  const packed = new URL(`${file.href}.br`);
  return statSync(existsSync(packed) ? packed : file).size;
}

const standing = (page, scenario) =>
  page.waitForFunction((name) => document.querySelector('fl-app')?.player.scenario === name, scenario);

test('six chosen scenarios have a card with a picture, and every scenario stands in the lists', async () => {
  const { page, close } = await openFront(browser, url);
  const names = await page.evaluate(() => document.querySelector('fl-app').player.catalog.scenarios.map((one) => one.name));
  assert.equal(await page.locator('fl-card').count(), 6);
  for (const card of await page.locator('fl-card').all()) {
    assert.ok((await card.locator('fl-thumbnail .object-box').count()) > 0);
    assert.notEqual(await card.getByRole('heading').innerText(), '');
  }
  // The thumbnail of the race is the moment at which it shows.
  const race = page.locator('fl-card').filter({ has: page.locator('a[href="?scenario=t3-story"]') });
  assert.ok((await race.locator('fl-thumbnail .tile .wrong').count()) > 0);
  assert.match(await race.getByRole('link').innerText(), /2019–2020[^]*2019-12[^]*131 steps/);
  const listed = await page.locator('.list a').evaluateAll((all) => all.map((one) => one.getAttribute('href').replace('?scenario=', '')));
  assert.deepEqual([...listed].sort(), [...names].sort());
  await page.getByRole('button', { name: /^Stuck/ }).click();
  await page.locator('.list a[href="?scenario=t3"]').waitFor({ state: 'detached' });
  assert.deepEqual(await page.locator('.list .title').count(), 2);
  await close();
});

test('what the front door knows is what the engine says', async () => {
  const { page, close } = await openFront(browser, url);
  const [built, engine, steps] = await page.evaluate(async () => {
    const app = document.querySelector('fl-app');
    await app.player.load('t3', '2019-12');
    return [app.player.catalog, await app.player.driver.catalog(), app.player.length - app.steps.t3];
  });
  assert.deepEqual(built, engine);
  assert.equal(steps, 0);
  await close();
});

test('the first words stand there without any script, once, and the page takes them over', async () => {
  const still = await browser.newContext({ javaScriptEnabled: false });
  const plain = await still.newPage();
  await plain.goto(url);
  const before = await plain.getByRole('heading', { level: 1 }).innerText();
  assert.match(before, /^FreeBSD’s virtual memory/);
  await still.close();
  const { page, close } = await openFront(browser, url);
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), before);
  assert.equal(await page.locator('main').count(), 1);
  // Gone and come back, they are still there.
  await page.getByRole('button', { name: 'Threads' }).click();
  await page.getByRole('button', { name: 'Gallery' }).click();
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), before);
  await close();
});

test('the first picture says in words what is wrong in it', async () => {
  const { page, close } = await openFront(browser, url);
  const words = await page.locator('.hero fl-thumbnail .label').evaluateAll((all) => all.map((one) => one.textContent));
  assert.deepEqual(words, ['B still points here', 'the page is free', 'M was cut off O here']);
  await close();
});

test('the front door opens without the engine, and what it needs is small as a host sends it', async () => {
  const { page, close } = await openFront(browser, url);
  const needed = await page.evaluate(() => performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname));
  const sizes = needed.filter((path) => !/worker/.test(path)).map((path) => [path, sent(path)]);
  const sum = sizes.reduce((total, [, size]) => total + size, sent('/index.html'));
  assert.ok(sum < 350_000, JSON.stringify(sizes));
  assert.ok(sizes.every(([path]) => !path.endsWith('.wasm')));
  await close();
  const offline = await openFront(browser, url, { tolerates: /Failed to (load resource|fetch)/ }, (context) => context.route('**/*.wasm', (route) => route.abort()));
  await offline.page.getByRole('button', { name: /^Stuck/ }).click();
  await offline.close();
});

test('one click leads to the story of the race of D23155', async () => {
  for (const way of ['click', 'key']) {
    const { page, close } = await openFront(browser, url);
    const button = page.getByRole('button', { name: 'Watch its story' });
    if (way === 'click') await button.click();
    else await button.press('Enter');
    await standing(page, 't3-story');
    await page.getByRole('heading', { level: 1 }).getByText('The fault COW race').waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'Kernel' }).inputValue(), '2019-12');
    assert.equal((await position(page)).at, 0);
    // The focus is where the story starts from.
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('fl-app')?.player.position > 0);
    await close();
  }
});

test('a card opens its scenario on its kernel, by mouse and by keyboard, and the gallery is one step back', async () => {
  const { page, close } = await openFront(browser, url);
  await page.locator('fl-card a[href="?scenario=g6"]').click();
  await standing(page, 'g6');
  assert.equal(await page.getByRole('combobox', { name: 'Kernel' }).inputValue(), 'main');
  await page.getByRole('button', { name: 'Gallery' }).click();
  await page.locator('.list a[href="?scenario=g2"]').focus();
  await page.keyboard.press('Enter');
  await standing(page, 'g2');
  await close();
});

test('an address can name a scenario and a kernel', async () => {
  const { page, close } = await openFront(browser, url);
  await page.goto(`${url}?scenario=g7&policy=2021`);
  await standing(page, 'g7');
  assert.equal(await page.getByRole('combobox', { name: 'Kernel' }).inputValue(), '2021');
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: axe finds no violations in the gallery, on a wide screen and on a phone`, async () => {
    for (const options of [{}, PHONE]) {
      const { page, close } = await openFront(browser, url, { colorScheme, ...options });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const described = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
      assert.deepEqual(described, []);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.equal(sideways, 0);
      await close();
    }
  });
}

test('a link that is shared has a title, a sentence and a picture that is there', async () => {
  const html = await (await fetch(url)).text();
  const [, picture] = /property="og:image" content="([^"]+)"/.exec(html);
  const response = await fetch(new URL(picture, url));
  assert.equal(response.headers.get('content-type'), 'image/png');
  for (const property of ['og:title', 'og:description']) assert.match(html, new RegExp(`property="${property}"\\s+content="[^"]{20,}"`));
});
