// The recording on the built page: to its end, with no finding and no leaked frame, with and without threads.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** What the replay ends in: frames, processes and counts in time, and ways from one to the other. */
async function pictures(page) {
  const colours = (selector) =>
    page.locator(selector).evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
  for (const canvas of ['fl-frames canvas', 'fl-lives canvas']) assert.ok((await colours(canvas)) >= 5, `${canvas}: ${await colours(canvas)} colours`);
  const frame = page.getByRole('slider', { name: 'Frame of physical memory' });
  // From one frame that was used to the next, by keys; each says what is known of it.
  await frame.press('Home');
  const first = await frame.getAttribute('aria-valuetext');
  assert.match(first, /^Frame [\d,]+, (in use|free again): [\d,]+ access(es were| was) served with it, the last for process \d+/);
  await frame.press('ArrowRight');
  assert.notEqual(await frame.getAttribute('aria-valuetext'), first);
  const said = await frame.getAttribute('aria-valuetext');
  const [, number] = /process (\d+)/.exec(said);
  await page.getByRole('button', { name: 'Show the process' }).click();
  const process = page.getByRole('slider', { name: 'Process', exact: true });
  assert.match(await process.getAttribute('aria-valuetext'), new RegExp(`^Process ${number}\\b.*: from event [\\d,]+ to [\\d,]+;`));
  await process.press('Home');
  assert.match(await process.getAttribute('aria-valuetext'), /the first process/);
  // A click finds a frame too.
  const words = await page.evaluate(() => {
    const { view } = document.querySelector('fl-app').renderRoot.querySelector('fl-threads').renderRoot.querySelector('fl-frames');
    const used = [];
    for (let frame = 0; frame < view.frames.length / 4; frame++) if (view.frames[frame * 4] > 0) used.push(frame);
    return { frame: used[used.length >> 1], used: used.length, served: used.reduce((sum, one) => sum + view.frames[one * 4], 0), frames: view.frames.length / 4 };
  });
  // Every recorded access that was served is in the picture.
  assert.equal(words.served, 168_623);
  const map = page.locator('fl-frames canvas');
  const [columns, rows] = await map.evaluate((canvas) => [canvas.width, canvas.height]);
  assert.equal(columns * rows, words.frames);
  const { width, height } = await map.boundingBox();
  await map.click({ position: { x: ((words.frame % columns) + 0.5) * (width / columns), y: (Math.floor(words.frame / columns) + 0.5) * (height / rows) } });
  // A browser tells of a click by whole pixels, of which a frame has less than two.
  const chosen = Number(await frame.getAttribute('aria-valuenow'));
  const apart = [Math.abs((chosen % columns) - (words.frame % columns)), Math.abs(Math.floor(chosen / columns) - Math.floor(words.frame / columns))];
  assert.ok(apart.every((one) => one <= 1), `frame ${chosen} for ${words.frame}`);
  assert.equal(await page.locator('fl-charts .uplot canvas').count(), 3);
  await page.getByRole('img', { name: /^page faults: [\d,]+, at most/ }).waitFor();
}

for (const site of SITES) {
  test(`${site.name}: the recording replays to its end`, { timeout: 600_000 }, async () => {
    const { page, close } = await open(browser, site.url);
    await page.getByRole('button', { name: 'Threads' }).click();
    const mode = await page.locator('#mode').innerText();
    assert.match(mode, site.isolated ? /Real threads/ : /One thread/);
    const bar = page.getByRole('progressbar');
    await bar.evaluate((one) => {
      window.seen = [];
      // While the recording loads another bar stands there.
      const root = one.getRootNode();
      const look = () => window.seen.push(root.querySelector('progress[aria-label="Events replayed"]')?.value ?? 0);
      new MutationObserver(look).observe(root, { subtree: true, attributes: true, attributeFilter: ['value'] });
    });
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.locator('#result').waitFor({ timeout: 540_000 });
    const result = await page.locator('#result').innerText();
    assert.match(result, /No finding, no leaked frame/);
    assert.match(result, site.isolated ? /\d+ workers?/ : /One thread/);
    assert.equal(await bar.evaluate((one) => one.value), 1);
    // The counts are live: they were seen to grow, and never to shrink, before the end.
    const seen = await page.evaluate(() => window.seen);
    assert.ok(seen.some((share) => share > 0 && share < 1), `${seen.length} shares were shown`);
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
    const faults = await page.locator('dl div', { hasText: 'page faults' }).locator('dd').innerText();
    assert.ok(Number(faults.replace(/\D/g, '')) > 10_000, faults);
    assert.ok((await page.getByRole('img', { name: /Faults by chain length/ }).count()) === 1);
    await pictures(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(violations.map((one) => one.id), []);
    await close();
  });
}
