// What the picture and the lanes do in a crowd, and what answers when they are pointed at.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, SITES } from './browser.mjs';
import { openCrowd } from './crowd.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;

/** Steps once; says where in the canvas the thing is that the step was about, and how large pages are. */
const stepInCrowd = (page) =>
  page.evaluate(async () => {
    const app = document.querySelector('fl-app');
    const diagram = app.shadowRoot.querySelector('fl-diagram');
    await app.player.step();
    await app.updateComplete;
    await diagram.updateComplete;
    const { records } = app.player.steps[app.player.position - 1];
    const { at, camera } = diagram.pending;
    const about = records.findLast((one) => at.boxes.some((box) => box.object.id === one.object && !box.ghost));
    const box = at.boxes.find((one) => one.object.id === about?.object && !one.ghost);
    const { w, h } = diagram.box;
    const x = box && (box.x - camera.x) * camera.scale;
    const y = box && (box.y - camera.y) * camera.scale;
    return {
      seen: box ? x >= 0 && y >= 0 && x + box.w * camera.scale <= w && y + box.h * camera.scale <= h : null,
      tile: at.sizes.tile * camera.scale,
      quiet: diagram.renderRoot.querySelectorAll('.line.back').length,
      lines: at.lines.length,
      overlaps: at.boxes.flatMap((a, nth) => at.boxes.slice(nth + 1).filter((b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)).length,
    };
  });

test('in a crowd the camera follows what acts, pages can be read, and what does nothing stands back', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3`, { reducedMotion: 'reduce' });
  const { objects, processes, length } = await openCrowd(page, 0.8);
  assert.ok(processes === 12 && objects > 25, `${processes} processes, ${objects} objects`);
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    await page.evaluate((at) => document.querySelector('fl-app').player.seek(at), Math.round(length * 0.8));
    let followed = 0;
    for (let n = 0; n < 25; n++) {
      const { seen, tile, quiet, lines, overlaps } = await stepInCrowd(page);
      assert.notEqual(seen, false, `${width} × ${height}: what step ${n} is about is in sight`);
      if (seen) followed++;
      assert.ok(tile >= 22, `${tile} pixels a page`);
      assert.ok(quiet > lines / 2, `${quiet} of ${lines} lines stand back`);
      assert.equal(overlaps, 0);
    }
    assert.ok(followed > 3, `${followed}`);
  }
  await close();
});

test('forty processes open, and a family folds into the process it comes from', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3`, { reducedMotion: 'reduce' });
  const { processes } = await openCrowd(page, 1, 39);
  assert.equal(processes, 40);
  const columns = page.locator('fl-diagram g.column');
  assert.equal(await columns.count(), 40);
  const parent = page.locator('fl-diagram').getByRole('button', { name: 'Process P0' });
  await parent.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Fold its 39 descendants' }).press('Enter');
  await page.locator('fl-diagram').getByText('+39 folded').waitFor();
  assert.equal(await columns.count(), 1);
  assert.ok((await page.locator('fl-diagram .object-box').count()) < 5, 'the objects of the others are folded too');
  await page.keyboard.press('.');
  await page.keyboard.press(',');
  assert.equal(await columns.count(), 1, 'it stays folded while the run goes on');
  await page.getByRole('button', { name: 'Unfold its 39 descendants' }).press('Enter');
  assert.equal(await columns.count(), 40);
  await close();
});

test('the lanes draw what is in sight, and a step changes next to nothing of it', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3`, { reducedMotion: 'reduce' });
  await openCrowd(page, 0.1);
  const counted = await page.evaluate(async () => {
    const app = document.querySelector('fl-app');
    const lanes = app.shadowRoot.querySelector('fl-lanes');
    await lanes.updateComplete;
    let changes = 0;
    const observer = new MutationObserver((all) => (changes += all.length));
    observer.observe(lanes.renderRoot, { subtree: true, childList: true, attributes: true, characterData: true });
    const nodes = () => lanes.renderRoot.querySelectorAll('*').length;
    const { from, to } = lanes.stretch;
    const most = [];
    for (let n = 0; n < 10; n++) {
      changes = 0;
      await app.player.step();
      await app.updateComplete;
      await lanes.updateComplete;
      changes += observer.takeRecords().length;
      most.push(changes);
    }
    const near = nodes();
    // All of the run at once: what lies on the same pixels is drawn once.
    for (let n = 0; n < 8; n++) lanes.zoom(0.5);
    await lanes.updateComplete;
    return { near, far: nodes(), shown: to - from, length: app.player.length, most: Math.max(...most), all: lanes.stretch };
  });
  assert.ok(counted.length > 1000 && counted.shown < counted.length / 2, JSON.stringify(counted));
  assert.deepEqual(counted.all, { from: 0, to: counted.length });
  assert.ok(counted.near < 700, `${counted.near} nodes`);
  assert.ok(counted.most <= 40, `${counted.most} changes a step`);
  await close();
});

test('a fault leaves a trail down the chain until it ends; an address that is pointed at has the same, and the rest stands back', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3`, { reducedMotion: 'reduce' });
  const deepest = await page.evaluate(async () => {
    const app = document.querySelector('fl-app');
    const diagram = app.shadowRoot.querySelector('fl-diagram');
    let best = { legs: 0, answers: '' };
    for (let n = 0; n < app.player.length; n++) {
      await app.player.step();
      await app.updateComplete;
      await diagram.updateComplete;
      for (const { id, fault } of app.player.scene.tasks.values()) {
        const trail = diagram.renderRoot.querySelector(`.trail[data-trail="${id}"]`);
        if (Boolean(fault) !== Boolean(trail)) return { wrong: `step ${n + 1}, task ${id}` };
        const legs = trail?.querySelectorAll('.leg').length ?? 0;
        const answers = [...(trail?.querySelectorAll('.answer text') ?? [])].map((one) => one.textContent).join(' ');
        if (legs > best.legs || (legs === best.legs && answers.endsWith('yes'))) best = { legs, answers };
      }
    }
    return best;
  });
  assert.deepEqual(deepest, { legs: 3, answers: 'no no yes' });
  await page.keyboard.press('Home');
  await page.locator('fl-diagram .cell').last().hover();
  await page.locator('fl-diagram .trail[data-trail="chosen"]').waitFor({ state: 'attached' });
  assert.ok((await page.locator('fl-diagram .back').count()) > 3);
  await page.locator('fl-lanes').hover();
  await page.locator('fl-diagram .trail').first().waitFor({ state: 'detached' });
  assert.equal(await page.locator('fl-diagram .back').count(), 0);
  await close();
});

test('a page says who maps it and where it was freed, and leads there', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3`, { reducedMotion: 'reduce' });
  await page.keyboard.press('End');
  await page.locator('fl-diagram .callout').waitFor({ state: 'attached' });
  await page.evaluate(() => document.querySelector('fl-app').player.seek(47));
  await page.getByRole('button', { name: /^Page p0, free, mapped by B va0, wrong/ }).click();
  const facts = page.locator('fl-inspect');
  await facts.getByRole('heading', { name: 'Page p0' }).waitFor();
  await facts.getByRole('button', { name: 'B va0' }).waitFor();
  await facts.getByRole('button', { name: /^47\s*G frees it/ }).waitFor();
  await facts.getByRole('button', { name: /copies it to/ }).first().click();
  await page.waitForFunction(() => document.querySelector('fl-app').player.position < 47);
  // A process, by keyboard.
  await page.locator('fl-diagram .process').last().focus();
  await page.keyboard.press('Enter');
  await facts.getByRole('heading', { name: 'Process B' }).waitFor();
  await close();
});

test('the picture is zoomed by keys and wheel, dragged, and fitted again', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3`, { reducedMotion: 'reduce' });
  const camera = () => page.evaluate(() => document.querySelector('fl-app').shadowRoot.querySelector('fl-diagram').pending.camera);
  const settled = async () => {
    await page.evaluate(() => document.querySelector('fl-app').shadowRoot.querySelector('fl-diagram').updateComplete);
    return camera();
  };
  const first = await settled();
  await page.keyboard.press('+');
  const near = await settled();
  assert.ok(near.scale > first.scale);
  const box = await page.locator('fl-diagram').boundingBox();
  await page.mouse.move(box.x + 300, box.y + 240);
  await page.mouse.down();
  await page.mouse.move(box.x + 260, box.y + 220, { steps: 4 });
  await page.mouse.up();
  const dragged = await settled();
  assert.ok(dragged.x > near.x && dragged.y > near.y, JSON.stringify([near, dragged]));
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  await page.waitForFunction((was) => document.querySelector('fl-app').shadowRoot.querySelector('fl-diagram').pending.camera.scale > was, dragged.scale);
  await page.keyboard.press('f');
  assert.deepEqual(await settled(), first);
  await close();
});
