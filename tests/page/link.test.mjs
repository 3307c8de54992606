// Links on the built page: the address always holds the state, Back undoes a choice, a link that no longer fits
// says so, and an edited scenario travels in its link. By keyboard where there is a key.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, moved, open, openFront, position, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const STORY = `${url}?scenario=t3-story&policy=2019-12`;

/** Waits until the address holds a link that fits, and gives it. */
async function address(page, fits) {
  await page.waitForFunction((source) => new RegExp(source).test(location.hash), fits.source);
  return page.evaluate(() => location.href);
}

/** What of the state can be seen: who ran so far, what was found, and what all memory holds. */
const state = (page) =>
  page.evaluate(() => {
    const { player } = document.querySelector('fl-app');
    const { scene, steps, position: at } = player;
    return {
      at,
      length: steps.length,
      scenario: player.scenario,
      policy: player.policy,
      turns: steps.map((step) => step.task).join(','),
      found: steps.slice(0, at).flatMap((step) => step.findings.map((one) => one.kind)),
      frames: [...scene.frames.values()].map((frame) => `${frame.use} ${frame.value}`).join(','),
    };
  });

async function same(page, expected) {
  await page.waitForFunction(({ at, turns }) => {
    const { player } = document.querySelector('fl-app');
    return player.position === at && player.steps.map((step) => step.task).join(',') === turns;
  }, expected);
  assert.deepEqual(await state(page), expected);
}

const banner = (page) => page.locator('fl-differs [role=alert]');

test('the address holds the state, and opens it again at a finding', async () => {
  const { page, close } = await open(browser, STORY);
  await address(page, /^#v1;t3-story;2019-12;[a-zA-Z0-9]+;\d+;[0-9a-f]{16};t=0$/);
  assert.equal(await page.evaluate(() => location.search), '', 'the link says it all');
  const found = await page.evaluate(() => {
    const { player } = document.querySelector('fl-app');
    const at = player.steps.findIndex((step) => step.findings.length > 0) + 1;
    void player.seek(at);
    return at;
  });
  const link = await address(page, new RegExp(`;t=${found}$`));
  assert.ok(link.length - url.length < 300, link);
  const there = await state(page);
  assert.ok(there.found.includes('freed-while-mapped'), there.found.join());
  await close();

  const other = await open(browser, link);
  await same(other.page, there);
  assert.equal(await banner(other.page).innerText(), '');
  await other.page.getByRole('list', { name: 'Findings' }).getByText('freed while mapped').first().waitFor();
  await other.page.reload();
  await other.page.locator('fl-diagram svg .object-box').first().waitFor();
  await same(other.page, there);
  await other.close();
});

test('by keyboard: Back undoes a choice and Forward repeats it; steps make no entry', async () => {
  const { page, close } = await open(browser, STORY);
  await page.keyboard.press('Shift+Period');
  await page.keyboard.press('Shift+Period');
  await moved(page, 1);
  await address(page, /;t=2$/);
  const before = await state(page);
  await page.keyboard.press('2');
  await moved(page, 2);
  await page.keyboard.press('Shift+Period');
  await moved(page, 3);
  await address(page, /;t=4$/);
  const after = await state(page);
  assert.ok(after.length < before.length, 'another way was taken');
  await page.keyboard.press('3');
  await address(page, /;t=5$/);
  const third = await state(page);

  await page.goBack();
  await same(page, after);
  await page.goBack();
  await same(page, before);
  await page.goForward();
  await same(page, after);
  await page.goForward();
  await same(page, third);
  await page.goBack();
  await same(page, after);

  // From there it goes on like any other run.
  await page.keyboard.press('Shift+Period');
  assert.equal((await moved(page, 4)).at, 5);
  await close();
});

test('a link holds the selection: an object, chosen by keyboard, or an address', async () => {
  const first = await open(browser, STORY);
  const { page } = first;
  await page.locator('fl-diagram .cell[tabindex="0"]').focus();
  // From the addresses the arrows go on to the objects.
  for (let n = 0; n < 40 && (await page.locator('fl-object').count()) === 0; n++) await page.keyboard.press('ArrowRight');
  const name = (await page.locator('fl-object h2').innerText()).replace('Object ', '');
  await page.keyboard.press('Shift+Period');
  const link = await address(page, new RegExp(`;t=1;sel=${name}$`));
  await first.close();

  const other = await open(browser, link);
  await other.page.getByRole('heading', { name: `Object ${name}` }).waitFor();
  assert.deepEqual(await other.page.locator('fl-diagram .pick.selected').evaluateAll((all) => all.map((one) => one.ariaLabel.split(',')[0])), [`Object ${name}`]);
  assert.equal(await banner(other.page).innerText(), '');
  // Another one, by mouse; then an address again.
  await other.page.getByRole('button', { name: /^Object O,/ }).click({ position: { x: 8, y: 8 } });
  await address(other.page, /;t=1;sel=O$/);
  await other.page.locator('fl-object').getByText('mapped by').waitFor();
  await other.page.locator('fl-diagram .cell').last().click();
  await address(other.page, /;t=1;sel=B\.va1$/);
  assert.equal(await other.page.locator('fl-object').count(), 0);
  await other.close();

  const wrong = await open(browser, link.replace(`sel=${name}`, 'sel=Nowhere'));
  await banner(wrong.page).getByText('Nowhere').waitFor();
  await wrong.close();
});

test('Back also undoes manual operations and a change of the kernel', async () => {
  const { page, close } = await open(browser, STORY);
  const before = await state(page);
  await page.getByRole('button', { name: 'Fork', exact: true }).click();
  await address(page, /^#v1;t3-story~/);
  await page.waitForFunction(() => document.querySelector('fl-app')?.player.status === 'paused' && document.querySelector('fl-app')?.player.position > 0, undefined, { timeout: 30_000 });
  const forked = await state(page);
  await address(page, new RegExp(`;t=${forked.at}$`));
  await page.getByRole('combobox', { name: 'Kernel' }).selectOption('main');
  await address(page, /;main;/);
  await page.goBack();
  await same(page, forked);
  await page.goBack();
  await same(page, before);
  await page.goForward();
  await same(page, forked);
  await close();
});

test('by keyboard: l copies a link to what is on the screen, and says so', async () => {
  const { page, close } = await open(browser, STORY, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.keyboard.press('End');
  await address(page, /;t=(?!0)\d+$/);
  const there = await state(page);
  await page.keyboard.press('l');
  await page.locator('fl-app p[aria-live]').getByText(/^Link copied: step \d+ of t3-story/).waitFor({ state: 'attached' });
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(link.startsWith(`${url}#v1;t3-story;2019-12;`), link);
  assert.ok(await page.getByRole('button', { name: 'Link copied' }).isVisible());
  await close();
  const other = await open(browser, link);
  await same(other.page, there);
  await other.close();
});

test('where the page may not copy, the link is shown in a field, selected', async () => {
  const { page, close } = await open(browser, STORY);
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError')) } });
  });
  await page.getByRole('button', { name: 'Copy link' }).click();
  const field = page.getByLabel('Copy this link');
  await field.waitFor();
  assert.equal(await field.evaluate((one) => one.value.slice(one.selectionStart, one.selectionEnd)), await page.evaluate(() => location.href));
  await close();
});

test('a link that no longer fits opens as far as it fits and says what differs', async () => {
  const { page, close } = await open(browser, STORY);
  await page.keyboard.press('End');
  const link = await address(page, /;t=(?!0)\d+$/);
  const there = await state(page);
  await close();
  const parts = link.split(';');
  const changed = (nth, text) => parts.with(nth, text).join(';');

  const cases = [
    [changed(4, '4000000000'), /revision 4000000000.*the same state here/, (now) => assert.deepEqual(now, there)],
    [changed(5, '0123456789abcdef'), /its digest was 0123456789abcdef and is/, (now) => assert.deepEqual(now, there)],
    [changed(3, `${parts[3]}a9`), /the run is over after/, (now) => assert.equal(now.at, there.at)],
    [changed(3, 'a3z'), /choice 4 of the link’?'?s 4 names a task that cannot run/, (now) => assert.ok(now.at < there.at && now.found.length === 0)],
    [changed(2, '2031-07'), /kernel 2031-07 is not available in this build/, (now) => assert.deepEqual([now.at, now.policy], [0, '2019-12'])],
    [changed(0, `${url}#v9`), /newer Faultline/, (now) => assert.equal(now.at, 0)],
    [link.slice(0, link.indexOf(parts[5])), /copy the whole link/, (now) => assert.equal(now.at, 0)],
    [changed(0, `${url}#v1`).replace(';t3-story;', ';t99;'), /no scenario t99/, (now) => assert.equal(now.at, 0)],
  ];
  for (const [text, said, shown] of cases) {
    const other = await open(browser, text);
    await banner(other.page).getByText(said).waitFor();
    shown(await state(other.page));
    assert.equal(await other.page.evaluate(() => location.href), text, 'the link stays until the reader moves');
    await other.close();
  }

  const other = await open(browser, cases[1][0]);
  await banner(other.page).getByRole('button').press('Enter');
  await other.page.locator('fl-differs .banner').waitFor({ state: 'detached' });
  await other.close();
});

test('by keyboard: a scenario is edited, refused with its place, played, and held in its link', async () => {
  const { page, close } = await open(browser, STORY);
  await address(page, /;t=0$/);
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Edit the scenario' });
  await dialog.waitFor();
  const area = dialog.getByRole('textbox');
  const text = await area.inputValue();
  assert.ok(text.includes('schedule story'));

  // Something wrong: said with line, column and remedy, and the caret is there.
  await page.keyboard.type('titel wrong\n');
  await page.keyboard.press('Control+Enter');
  await dialog.getByRole('alert').getByText(/^Line 1, column 1: expected a header line or a section, not titel.*did you mean title/).waitFor();
  assert.equal(await area.evaluate((one) => one.selectionStart), 0);
  await dialog.getByRole('button', { name: 'Undo' }).press('Enter');
  assert.equal(await area.inputValue(), text);

  await area.press('Control+Home');
  await page.keyboard.type('# mine\n');
  await area.evaluate((one) => one.setSelectionRange(one.value.indexOf('Z0'), one.value.indexOf('Z0') + 2));
  await page.keyboard.type('Q7');
  const violations = (await new AxeBuilder({ page }).analyze()).violations.map((one) => one.id);
  assert.deepEqual(violations, []);
  await page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText('(edited)').waitFor();
  await page.keyboard.press('End');
  const link = await address(page, /^#v1;t3-story~.*;t=(?!0)\d+$/);
  const there = await state(page);
  assert.ok(there.found.length > 0);

  // Another kernel keeps what was edited; Back returns to this one, and before that to the gallery's text.
  await page.getByRole('combobox', { name: 'Kernel' }).selectOption('2020-01-fixed');
  await address(page, /^#v1;t3-story~.*;2020-01-fixed;/);
  await page.goBack();
  await same(page, there);
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector('fl-app').player.edited);
  await close();

  const other = await open(browser, link);
  await same(other.page, there);
  await other.page.keyboard.press('e');
  const again = other.page.getByRole('dialog', { name: 'Edit the scenario' }).getByRole('textbox');
  assert.equal(await again.inputValue(), `# mine\n${text.replace('Z0', 'Q7')}`);
  await other.page.getByRole('button', { name: /^Reset/ }).press('Enter');
  assert.equal(await again.inputValue(), text);
  await again.press('Control+Enter');
  await address(other.page, /^#v1;t3-story;/);
  await other.close();
});

test('an address that names scenario and kernel opens them; one link on the page leads to another', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3&policy=2021`);
  await address(page, /^#v1;t3;2021;/);
  assert.equal((await position(page)).at, 0);
  await page.evaluate(() => (location.hash = location.hash.replace(/;t3;2021;.*/, ';g1;main;;1;0000000000000000')));
  await page.waitForFunction(() => document.querySelector('fl-app')?.player.scenario === 'g1');
  await banner(page).getByText('its digest was 0000000000000000').waitFor();
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('fl-app')?.player.scenario === 't3');
  await close();
});

test('views are entries of the history, and a link to before and after opens with its kernels', async () => {
  const { page, close } = await openFront(browser, url);
  await page.locator('fl-card button, fl-card a').first().click();
  await address(page, /^#v1;[^;]+;[^;]+;.*;t=0$/);
  await page.keyboard.press('c');
  await address(page, /;view=compare$/);
  await page.locator('fl-compare fl-diagram').first().waitFor();
  await page.locator('fl-compare select').nth(1).selectOption('2021');
  const link = await address(page, /;view=compare;before=[^;]+;after=2021$/);
  await page.getByRole('button', { name: 'Threads' }).click();
  await address(page, /^#threads$/);
  await page.getByRole('button', { name: 'Gallery' }).click();
  await page.waitForFunction(() => location.hash === '');
  await page.goBack();
  await page.locator('fl-threads').waitFor();
  await page.goBack();
  await page.locator('fl-compare').waitFor();
  await page.goBack();
  await page.locator('fl-compare').waitFor();
  await address(page, /;view=compare$/);
  await page.goBack();
  await page.locator('fl-transport').waitFor();
  await page.goBack();
  await page.locator('fl-card').first().waitFor();
  await close();

  const other = await open(browser, link);
  await other.page.locator('fl-compare fl-diagram').first().waitFor();
  assert.equal(await other.page.locator('fl-compare select').nth(1).inputValue(), '2021');
  await other.close();
});
