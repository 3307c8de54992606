// What a stranger sends: links and texts that would keep the engine for ever, or kill it. The page answers, Stop works,
// something else can be opened, and the reader keeps what was there.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { altered, carried, illEngine, SMALL } from './altered.mjs';
import { launch, loaded, open, openFront, SITES } from './browser.mjs';

let browser;
let ill;
before(async () => {
  browser = await launch();
  ill = await altered(SITES[0].url, /stepped\.worker.*\.js$/, illEngine);
});
after(async () => {
  await browser.close();
  await ill.close();
});

const [{ url }] = SITES;
const go = (page, hash) => page.evaluate((there) => (location.hash = there), hash);
const working = (page) => page.locator('fl-work .card').filter({ visible: true });
const stop = (page) => working(page).getByRole('button', { name: /^Stop/ });
const hash = (page) => page.evaluate(() => location.hash);

/** Whether the page takes a key and draws what it does. */
async function answers(page) {
  await page.keyboard.press('?');
  await page.getByRole('dialog').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').first().waitFor({ state: 'hidden' });
}

async function opensAnother(page) {
  await go(page, '#v1;g1;main;;2;0000000000000000');
  await page.waitForFunction(() => document.querySelector('fl-app')?.player.scenario === 'g1');
}

for (const [way, end] of [
  ['the button', (page) => stop(page).click()],
  ['Escape', (page) => page.keyboard.press('Escape')],
]) {
  test(`an engine that never answers is stopped by ${way}, and the run before it stays open`, async () => {
    const { page, close } = await open(browser, `${ill.url}?scenario=t3-story&policy=2019-12`);
    for (const key of ['.', '.', '2', '.']) await page.keyboard.press(key);
    await page.waitForFunction(() => /;t=4$/.test(location.hash));
    const before = await hash(page);
    await go(page, carried('stuck', SMALL));
    await working(page).getByText('Opening the link').waitFor();
    await end(page);
    await page.getByText(/Stopped while opening the link/).first().waitFor();
    await working(page).waitFor({ state: 'detached' });
    await page.waitForFunction((link) => location.hash === link, before);
    // It goes on from there, in an engine that knows its branch again.
    await page.keyboard.press('Shift+Period');
    await page.waitForFunction(() => /;t=5$/.test(location.hash));
    await opensAnother(page);
    await close();
  });
}

test('a first link that never opens is stopped: the page says so, with a remedy', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${ill.url}${carried('stuck', SMALL)}`);
  await stop(page).click();
  await page.getByText('Stopped while opening the link.').first().waitFor();
  assert.deepEqual((await new AxeBuilder({ page }).analyze()).violations.map((one) => one.id), []);
  await page.getByRole('button', { name: 'Try again' }).click();
  await stop(page).click();
  await page.getByRole('button', { name: 'To the gallery' }).click();
  await page.locator('fl-card').first().click();
  await page.locator('fl-diagram svg .object-box').first().waitFor();
  await page.context().close();
});

test('later requests do not wait for a run that never ends: a link, the picker, the editor', async () => {
  const { page, close } = await open(browser, `${ill.url}?scenario=t3-story&policy=2019-12`);
  const stuck = async () => {
    await go(page, carried('stuck', SMALL));
    await working(page).waitFor();
  };
  await stuck();
  await opensAnother(page);
  await stuck();
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption('t3');
  await page.waitForFunction(() => document.querySelector('fl-app')?.player.scenario === 't3');

  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Edit the scenario' });
  const area = dialog.getByRole('textbox');
  const text = await area.inputValue();
  await area.fill(`nonsense\n${text}`);
  await page.keyboard.press('Control+Enter');
  await dialog.getByRole('alert').getByText(/Line 1/).waitFor();
  await area.fill(`# stuck\n${text}`);
  await page.keyboard.press('Control+Enter');
  // What was wrong before is not said of what is being worked at.
  await dialog.getByText('Playing the text').waitFor();
  assert.equal(await dialog.getByText(/Line 1/).count(), 0);
  await page.keyboard.press('Escape');
  await dialog.getByRole('alert').getByText('Stopped').waitFor();
  await page.keyboard.press('Control+Enter');
  await working(dialog).waitFor();
  await area.fill(`# mine\n${text}`);
  await page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'hidden' });
  await page.waitForFunction(() => document.querySelector('fl-app').player.source.startsWith('# mine'));
  await close();
});

test('an engine that dies is reported with the reason, and the next one restores the run', async () => {
  const { page, close } = await open(browser, `${ill.url}?scenario=t3-story&policy=2019-12`);
  await page.keyboard.press('Shift+Period');
  await go(page, carried('deadly', SMALL));
  const said = page.locator('fl-differs [role=alert]').getByText('Out of memory in this tab; use fewer frames (the frames line)');
  await said.waitFor();
  await page.keyboard.press('Shift+Period');
  await page.keyboard.press('2');
  await page.waitForFunction(() => document.querySelector('fl-app').player.branches.length > 0);
  await opensAnother(page);
  await close();
  // There is something to see even where it was the first thing asked for.
  const first = await open(browser, `${ill.url}${carried('deadly', SMALL)}`);
  await first.page.locator('fl-differs').getByText(/Out of memory in this tab/).waitFor();
  await first.close();
});

test('before and after can be stopped, and reports why an engine died', async () => {
  const { page, close } = await open(browser, `${ill.url}${carried('mine', SMALL)}`);
  await page.evaluate(() => {
    const { player } = document.querySelector('fl-app');
    void player.edit(player.source.replace('A small story', 'deadly')).catch(() => undefined);
  });
  await page.waitForFunction(() => document.querySelector('fl-app').player.work === null);
  await page.evaluate(() => {
    document.querySelector('fl-app').player.source += '# stuck\n';
  });
  await page.keyboard.press('c');
  await working(page).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Stopped: the kernels have not been compared.').waitFor();
  await page.evaluate(() => {
    const { player } = document.querySelector('fl-app');
    player.source = player.source.replace('stuck', 'deadly');
  });
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('fl-compare').getByRole('alert').getByText(/Out of memory in this tab; use fewer frames/).waitFor();
  await page.keyboard.press('c');
  await opensAnother(page);
  await close();
});

const loads = (n) => Array.from({ length: n }, () => 'load va0').join(';');
const BUSY = {
  'a run that looks at every frame thousands of times': `frames 65536\nsetup { process A; A: mmap va0 }\ntask T of A: store va0;${loads(7200)}\n`,
  'a set-up that does': `frames 65536\nsetup { process A; A: mmap va0;store va0;${loads(7200)} }\ntask T of A: exit\n`,
  'a world that fills memory': 'frames 65536\nswap 65536\nsetup { process A; A: mmap va0; store va0 }\ntask T of A: store va0; load va0\n',
  'a long run in a small world': `setup { process A; A: mmap va0 }\ntask T of A: store va0;${loads(7200)}\n`,
};
for (const [name, text] of Object.entries(BUSY)) {
  test(`${name}: the page answers, stops it or refuses it, and opens another link`, async () => {
    const { page, close } = await openFront(browser, url);
    await go(page, carried('busy', text));
    await answers(page);
    // Whether this machine is quick enough to open it before it is stopped makes no difference.
    const over = page.waitForFunction(() => {
      const { player } = document.querySelector('fl-app');
      return player.scenario === 'busy' || player.error?.stopped || player.differs.length > 0;
    });
    const ending = working(page).waitFor().then(() => stop(page).click()).catch(() => undefined);
    await Promise.race([over, ending]);
    await over;
    await opensAnother(page);
    await loaded(page, 'main');
    await close();
  });
}

test('a scenario that costs too much is refused with the line and a remedy', async () => {
  const { page, close } = await openFront(browser, url);
  await go(page, carried('busy', `title Too much\nframes 65536\nsetup { process A; A: mmap va0;store va0;${loads(7200)} }\ntask T of A: exit\n`));
  await page.locator('fl-differs').getByText(/the set-up takes more than \d+ turns, the most with 65536 frames; write a smaller number in the frames line \(line 2\)/).waitFor({ timeout: 120_000 });
  await close();
});

test('an address of another scheme is refused with its place, and never a link', async () => {
  const text = SMALL.replace('setup', 'review javascript:alert(document.domain)//D23155\nsetup');
  const { page, close } = await open(browser, `${url}${carried('mine', text)}`);
  await page.locator('fl-differs').getByText(/an address that begins with https:\/\/ or http:\/\//).waitFor();
  await go(page, carried('mine', text.replace('javascript:alert(document.domain)//D23155', 'https://reviews.freebsd.org/D1 and https://reviews.freebsd.org/D2')));
  await page.getByRole('link', { name: 'D2' }).waitFor();
  const links = await page.locator('.by a').evaluateAll((all) => all.map((one) => [one.href, one.innerText]));
  assert.deepEqual(links, [['https://reviews.freebsd.org/D1', 'D1'], ['https://reviews.freebsd.org/D2', 'D2']]);
  await close();
});

test('a scenario that came with a link has an entry of its own in the picker', async () => {
  const { page, close } = await open(browser, `${url}${carried('mine', SMALL)}`);
  const picked = () => page.getByRole('combobox', { name: 'Scenario' }).evaluate((one) => one.selectedOptions[0]?.innerText);
  assert.equal(await picked(), 'mine: A small story (not the gallery’s)');
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption('t3');
  await page.waitForFunction(() => location.hash.startsWith('#v1;t3;'));
  assert.match(await picked(), /^t3: /);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('fl-app').player.scenario === 'mine');
  assert.equal(await picked(), 'mine: A small story (not the gallery’s)');
  await close();
});

test('two million characters are refused at once', async () => {
  const { page, close } = await open(browser, url);
  await go(page, `#v1;${'x'.repeat(2_000_000)}`);
  await page.locator('fl-differs').getByText(/bytes are too many; a link has at most 131072/).waitFor();
  await opensAnother(page);
  await close();
});
