/** The changes of every step of the gallery, which needs the engine: the package of one thread. */

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { applied, changes, facts } from '../core/changes';
import { fold } from '../core/fold';
import { Namer } from '../core/names';
import type { EngineModule } from '../drivers/engine';
import { driverOn } from './engine';

async function engine(): Promise<EngineModule> {
  const place = new URL('../../pkg/single/', import.meta.url);
  const module = (await import(/* @vite-ignore */ new URL('faultline.js', place).href)) as EngineModule & { initSync(options: { module: Uint8Array }): unknown };
  module.initSync({ module: await readFile(new URL('faultline_bg.wasm', place)) });
  return module;
}

it('leads, step by step, from the start of each scenario to its end', { timeout: 120_000 }, async () => {
  const driver = driverOn(await engine());
  const { scenarios } = await driver.catalog();
  expect(scenarios.length).toBeGreaterThan(30);
  for (const { name, text, policy } of scenarios) {
    const { setup, steps, names } = await driver.open(text, policy);
    const namer = new Namer(names);
    let scene = fold(setup);
    let [before, known] = [facts(scene, namer), facts(scene, namer)];
    let changed = 0;
    for (const step of steps) {
      scene = fold(step.records, scene);
      const after = facts(scene, namer);
      const made = changes(before, after);
      changed += made.length;
      known = applied(known, made);
      before = after;
    }
    expect(changed, name).toBeGreaterThan(0);
    expect([...known].sort(), name).toEqual([...facts(fold(steps.flatMap((step) => step.records), fold(setup)), namer)].sort());
  }
});
