/** What a task sends through the picture in a step: itself to an object whose lock it takes, and a wakeup to tasks that wait. */

import type { Rec } from './events';
import type { Layout } from './layout-types';
import type { Namer } from './names';
import type { Scene } from './scene';

interface Point {
  x: number;
  y: number;
}

/** From where to where something flies. */
export interface Signal {
  what: 'lock' | 'wakeup';
  from: Point;
  to: Point;
}

/** More at once would be a swarm. */
const MOST = 6;

export function signals(scene: Scene, names: Namer, at: Layout, records: readonly Rec[]): Signal[] {
  const taskAt = (task: number): Point | null => {
    const process = names.processDoing(task, scene.tasks.get(task)?.op ?? null);
    const column = at.columns.find((one) => one.process.id === process);
    return column ? { x: column.x + 10, y: column.y + 30 } : null;
  };
  const objectAt = (id: number): Point | null => {
    const box = at.boxes.find((one) => one.object.id === id && !one.ghost);
    return box ? { x: box.x + box.w - 18, y: box.y + box.h - 14 } : null;
  };
  const found: Signal[] = [];
  const send = (what: Signal['what'], from: Point | null, to: Point | null): void => {
    if (from && to && (from.x !== to.x || from.y !== to.y)) found.push({ what, from, to });
  };
  for (const rec of records) {
    if ((rec.kind === 'acquire' || rec.kind === 'release') && rec.lock.class === 'object') {
      const [task, object] = [taskAt(rec.task), objectAt(rec.lock.index)];
      if (rec.kind === 'acquire') send('lock', task, object);
      else send('lock', object, task);
    }
    if (rec.kind === 'wakeup') for (const woken of scene.woken) send('wakeup', taskAt(rec.task), taskAt(woken));
  }
  return found.slice(-MOST);
}
