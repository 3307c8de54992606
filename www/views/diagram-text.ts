/** The diagram in words, for readers who cannot see it. */

import { isDangling, mappings } from '../core/inspect';
import type { Namer } from '../core/names';
import type { Scene } from '../core/scene';

export function describe(scene: Scene, names: Namer): string {
  const said: string[] = [];
  for (const process of scene.processes.values()) {
    const name = names.process(process.id);
    if (process.exited) {
      said.push(`${name} has exited.`);
      continue;
    }
    const maps = mappings(scene, process.space).map((mapping) => {
      const page = names.page(scene.frames.get(mapping.frame));
      const wrong = isDangling(scene, mapping) ? ', which is wrong' : '';
      return `${names.address(mapping.page * 4096)} maps ${page}${wrong}`;
    });
    const objects = [...(scene.spaces.get(process.space)?.entries.values() ?? [])]
      .map((view) => (view.object == null ? 'no object yet' : names.object(scene, view.object)))
      .join(', ');
    said.push(`${name} refers to ${objects || 'nothing'}${maps.length > 0 ? `; ${maps.join('; ')}` : ''}.`);
  }
  for (const object of [...scene.objects.values()].sort((a, b) => b.level - a.level)) {
    const pages = [...object.pages.entries()].map(([index, frame]) => {
      const page = scene.frames.get(frame);
      const busy = page?.busy.busy === 'exclusive' ? `, busy by ${names.task(page.busy.owner)}` : '';
      return `page ${index} is ${names.page(page)} ${page?.valid ? `with ${names.value(page.value)}` : 'without valid contents'}${busy}`;
    });
    const below = object.backing === null ? '' : ` above ${names.object(scene, object.backing)}`;
    said.push(`Object ${names.object(scene, object.id)}${below}: ${pages.join(', ') || 'no pages'}.`);
  }
  if (scene.free.length > 0) {
    said.push(`Freed: ${scene.free.map((frame) => names.page(scene.frames.get(frame))).join(', ')}.`);
  }
  return said.join(' ');
}
