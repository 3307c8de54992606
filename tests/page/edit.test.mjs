// The editor: what is wrong is marked and mended by one click, words are completed, what was written is not lost.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;

async function edit(options) {
  const opened = await open(browser, `${url}?scenario=t3-story&policy=2019-12`, options);
  await opened.page.keyboard.press('e');
  const dialog = opened.page.getByRole('dialog', { name: 'Edit the scenario' });
  await dialog.waitFor();
  return { ...opened, dialog, area: dialog.getByRole('textbox') };
}

const replace = (area, wrong, by) => area.evaluate((one, [from, to]) => {
  const at = one.value.indexOf(from);
  one.setRangeText(to, at, at + from.length, 'end');
  one.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
}, [wrong, by]);

for (const colorScheme of ['light', 'dark']) {
  test(`${colorScheme}: a text is tried while it is written; a wrong word is marked, and one click mends it`, async () => {
    const { page, close, dialog, area } = await edit({ colorScheme });
    await dialog.getByText('131 steps under 2019-12: freed while mapped at step 47').waitFor();
    await replace(area, 'task G of G: exit', 'task G of G: exti');
    await dialog.getByText(/^Line 37, column 14: expected an operation/).waitFor();
    assert.equal(await dialog.locator('.numbers .bad').innerText(), '37');
    const { violations } = await new AxeBuilder({ page }).include('fl-app').analyze();
    assert.deepEqual(violations.map((one) => one.id), []);
    await dialog.getByRole('button', { name: 'Write exit instead of exti' }).click();
    await dialog.getByText('131 steps under 2019-12').waitFor();
    assert.equal(await dialog.locator('.numbers .bad').count(), 0);
    await close();
  });
}

test('words are completed by Tab, by arrow keys and Enter, and Escape only closes the list', async () => {
  const { page, close, dialog, area } = await edit();
  await area.press('Control+End');
  await page.keyboard.type('task Z of A: mun');
  await dialog.getByRole('option', { name: 'munmap' }).waitFor();
  const { violations } = await new AxeBuilder({ page }).include('fl-app').analyze();
  assert.deepEqual(violations.map((one) => one.id), []);
  await page.keyboard.press('Escape');
  assert.ok(await dialog.isVisible());
  assert.equal(await dialog.getByRole('option').count(), 0);
  await page.keyboard.type('m');
  await page.keyboard.press('Tab');
  assert.match(await area.inputValue(), /task Z of A: munmap$/);
  await page.keyboard.type('; ma');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.match(await area.inputValue(), /munmap; madvise$/);
  // Without a chosen word Enter ends the line.
  await page.keyboard.type('; ex');
  await page.keyboard.press('Enter');
  assert.match(await area.inputValue(), /; ex\n$/);
  await close();
});

test('what was written and not played is there again, and can be discarded; what is played plays', async () => {
  const { page, close, dialog, area } = await edit();
  const text = await area.inputValue();
  await area.press('Control+Home');
  await page.keyboard.type('# mine\n');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.keyboard.press('e');
  await dialog.getByText('These are your changes from before').waitFor();
  assert.equal(await area.inputValue(), `# mine\n${text}`);
  await dialog.getByRole('button', { name: 'Discard changes' }).press('Enter');
  assert.equal(await area.inputValue(), text);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('e');
  assert.equal(await dialog.getByText('These are your changes').count(), 0);
  await area.press('Control+Home');
  await page.keyboard.type('# yours\n');
  await dialog.getByRole('button', { name: 'Play this' }).click();
  await page.waitForFunction(() => document.querySelector('fl-app').player.position > 0);
  await close();
});

test('what is written plays by itself, to where it breaks; with reduced motion that moment is shown at once', async () => {
  for (const reducedMotion of ['no-preference', 'reduce']) {
    const { page, close, dialog, area } = await edit({ reducedMotion });
    await dialog.getByText('131 steps under 2019-12: freed while mapped at step 47').waitFor();
    const film = dialog.locator('fl-film');
    // The text as it was has played to its end.
    await film.locator('.tile .wrong').first().waitFor({ state: 'attached' });
    await page.evaluate(() => {
      window.frames_ = [];
      document.addEventListener('fl-frame', (event) => window.frames_.push(event.detail));
    });
    // Other values, the same story.
    await replace(area, 'store va0 X0; store va1 Y0', 'store va0 X9; store va1 Y9');
    const last = () => film.evaluate((one) => one.film.last);
    await page.waitForFunction(() => window.frames_.length > 0);
    await page.waitForFunction((wanted) => window.frames_.at(-1) === wanted, await last());
    const frames = await page.evaluate(() => window.frames_);
    const all = Array.from({ length: (await last()) + 1 }, (_, nth) => nth);
    assert.deepEqual(frames, reducedMotion === 'reduce' ? [all.at(-1)] : all);
    assert.ok(all.length > 10);
    // It ends at the page that is free and still mapped.
    assert.ok((await film.locator('.tile .wrong').count()) > 0);
    await close();
  }
});

test('a task, a fork and an expectation are inserted where they may stand, to be written over', async () => {
  const { close, dialog, area } = await edit();
  await dialog.getByText('131 steps under 2019-12').waitFor();
  for (const [what, line, selected] of [
    ['task', 'task T of H: load va0', 'load va0'],
    ['fork', /; fork \S+$|^ {2}\S+: fork \S+$/, /^fork \S+$/],
    ['expect', 'expect H va0 = X0', 'X0'],
  ]) {
    const before = (await area.inputValue()).split('\n');
    await dialog.getByRole('button', { name: what, exact: true }).press('Enter');
    const made = (await area.inputValue()).split('\n').filter((one) => !before.includes(one));
    assert.equal(made.length, 1);
    assert.match(made[0], line instanceof RegExp ? line : new RegExp(`^${line}$`));
    const marked = await area.evaluate((one) => one.value.slice(one.selectionStart, one.selectionEnd));
    assert.match(marked, selected instanceof RegExp ? selected : new RegExp(`^${selected}$`));
    // It is valid as it stands.
    await dialog.getByText(/^\d+ steps under 2019-12/).waitFor();
    await dialog.locator('.outcome:not(.old)').waitFor();
    assert.equal(await dialog.locator('.numbers .bad').count(), 0);
  }
  await close();
});

test('the format of scenarios is explained on a page of the site', async () => {
  const { page, close, dialog } = await edit();
  const [other] = await Promise.all([page.context().waitForEvent('page'), dialog.getByRole('link', { name: 'The format of scenarios' }).click()]);
  await other.getByRole('heading', { name: 'Operations' }).waitFor();
  const { violations } = await new AxeBuilder({ page: other }).analyze();
  assert.deepEqual(violations.map((one) => one.id), []);
  await close();
});
