// The picture fits: whatever is drawn of what matters lies inside the canvas, at every step of every scenario of the
// gallery, from a laptop to a phone, and nothing that a pointer is about to press moves.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const [{ url }] = SITES;
const SIZES = [[1366, 657], [1280, 720], [1024, 768], [1000, 640], [390, 844]];

/** Where the canvas and the bar below it are, at a position. */
const places = (page, at) =>
  page.evaluate(async (position) => {
    const app = document.querySelector('fl-app');
    await app.player.seek(position);
    await app.updateComplete;
    const place = (name) => {
      const { x, y, width, height } = app.shadowRoot.querySelector(name).getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    };
    return { canvas: place('fl-diagram'), transport: place('fl-transport'), lanes: place('fl-lanes') };
  }, at);

/** The sizes that the canvas has in windows of those sizes; it has them at every step. */
async function canvases(page) {
  const found = [];
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    const length = await page.evaluate(() => document.querySelector('fl-app').player.length);
    const first = await places(page, 0);
    for (const at of [1, Math.round(length / 2), length]) assert.deepEqual(await places(page, at), first, `${width} × ${height}, step ${at}`);
    const [, , w, h] = first.canvas;
    found.push({ name: `${width} × ${height}`, w, h });
  }
  return found;
}

/** Goes through a scenario; says what lies outside, and how small the picture became. */
const walk = (page, scenario, sizes) =>
  page.evaluate(
    async ({ scenario, sizes }) => {
      const app = document.querySelector('fl-app');
      const diagram = app.shadowRoot.querySelector('fl-diagram');
      const { player } = app;
      await player.load(scenario.name, scenario.policy);
      // One canvas after another in the place of the real one, which has its own size.
      diagram.observer.disconnect();
      const { left, top } = diagram.getBoundingClientRect();
      const outside = [];
      let [measured, wrong, least, before] = [0, 0, 1, ''];
      const drawing = diagram.renderRoot;
      for (let position = 0; position <= player.length; position++) {
        // The picture alone is drawn anew.
        player.position = position;
        for (const { name, w, h } of sizes) {
          diagram.box = { w, h };
          diagram.requestUpdate();
          await diagram.updateComplete;
          // A picture that is the same on one canvas is the same on all.
          if (name === sizes[0].name) {
            const now = drawing.querySelector('svg').innerHTML;
            if (now === before) break;
            before = now;
          }
          least = Math.min(least, diagram.pending.camera.scale);
          for (const mark of drawing.querySelectorAll('.traybox, .callout, .tile.free, .cell.wrong .box, rect.wrong, .line.wrong')) {
            const box = mark.getBoundingClientRect();
            measured++;
            if (!mark.matches('.traybox, .tile.free')) wrong++;
            const inside = box.left >= left - 0.5 && box.top >= top - 0.5 && box.right <= left + w + 0.5 && box.bottom <= top + h + 0.5;
            if (!inside) outside.push(`${scenario.name} at ${position}, ${name}: ${mark.getAttribute('class')}`);
          }
        }
      }
      return { outside: outside.slice(0, 5), measured, wrong, least };
    },
    { scenario, sizes },
  );

test('what a finding marks, the free frames and the callout lie inside the canvas at every step of every scenario', async () => {
  const { page, close } = await open(browser, `${url}?scenario=t3-story`, { reducedMotion: 'reduce' });
  const sizes = await canvases(page);
  const { scenarios } = await page.evaluate(() => document.querySelector('fl-app').player.catalog);
  let [measured, wrong] = [0, 0];
  for (const scenario of scenarios) {
    const found = await walk(page, scenario, sizes);
    assert.deepEqual(found.outside, [], scenario.name);
    assert.ok(found.least >= 0.5, `${scenario.name} can be read at ${found.least}`);
    measured += found.measured;
    wrong += found.wrong;
  }
  assert.ok(scenarios.length > 30 && measured > 10_000 && wrong > 100, `${scenarios.length} scenarios, ${measured} boxes, ${wrong} marks`);
  await close();
});
