/** One plain verb phrase for each event that matters; the task's name stands before it. */

import type { Channel, Rec } from './events';
import { tellFinding } from './narrate-findings';
import { tellPages } from './narrate-pages';
import type { Namer } from './names';
import { phrase, type Phrase } from './phrase';
import type { Scene } from './scene';

export function channelText(channel: Channel, scene: Scene, namer: Namer): string {
  switch (channel.on) {
    case 'busy':
      return `\`${namer.page(scene.frames.get(channel.page))}\``;
    case 'pip':
      return `paging in progress on ${namer.object(scene, channel.object)}`;
    case 'object_busy':
      return `${namer.object(scene, channel.object)} to be quiet`;
    case 'lock':
      return `the lock of ${lockText(channel.lock, scene, namer)}`;
    case 'vfork':
      return 'the child to exec or exit';
    case 'memory':
      return 'a free page';
  }
}

export function lockText(lock: { class: string; index: number }, scene: Scene, namer: Namer): string {
  switch (lock.class) {
    case 'object':
      return namer.object(scene, lock.index);
    case 'map':
      return `${namer.space(scene, lock.index)}’s map`;
    case 'pmap':
      return `${namer.space(scene, lock.index)}’s pmap`;
    default:
      return `file ${lock.index}`;
  }
}

/** What an event means to a reader; null for the many that only matter to a picture. */
export function tell(rec: Rec, scene: Scene, namer: Namer): Phrase | null {
  return tellTask(rec, scene, namer) ?? tellObjects(rec, scene, namer) ?? tellPages(rec, scene, namer);
}

const VERBS: [RegExp, string, string][] = [
  [/^store (\S+) (\S+)/, 'writes $2 to `$1`', 'write $1'],
  [/^store (\S+)/, 'writes to `$1`', 'write $1'],
  [/^load (\S+)/, 'reads `$1`', 'read $1'],
  [/^fork (\w+)/, 'forks *$1*', 'fork $1'],
  [/^fork/, 'forks', 'fork'],
  [/^exit/, 'exits', 'exit'],
  [/^collapse (\w+)/, 'has *$1* collapsed', 'collapse $1'],
];

function operationText(text: string): Phrase {
  for (const [pattern, long, short] of VERBS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const fill = (template: string): string => template.replace(/\$(\d)/g, (_, n: string) => match[Number(n)] ?? '');
    return phrase(fill(long), fill(short), { begins: true });
  }
  return phrase(`runs \`${text}\``, text, { begins: true });
}

/** The text of the operation that a task is in. */
function operation(task: number, scene: Scene, namer: Namer): string | null {
  const op = scene.tasks.get(task)?.op;
  return op == null ? null : namer.operation(task, op);
}

function tellTask(rec: Rec, scene: Scene, namer: Namer): Phrase | null {
  switch (rec.kind) {
    case 'op_start':
      return operationText(namer.operation(rec.task, rec.op) ?? 'an operation');
    case 'op_end':
      return rec.error === 0 ? null : phrase(`fails with error ${rec.error}`, 'fails', { begins: true });
    case 'signal':
      return phrase(`gets signal ${rec.signal} at \`${namer.address(rec.va)}\``, 'signal', { begins: true });
    case 'sleep':
      return phrase(`waits for ${channelText(rec.channel, scene, namer)}`, 'waits');
    case 'wakeup':
      if (scene.woken.length === 0) return null;
      return phrase(`wakes ${scene.woken.map((id) => `*${namer.task(id)}*`).join(' and ')}`, '');
    case 'fault_enter': {
      // The operation has just said at which address.
      const said = operation(rec.task, scene, namer)?.split(' ').includes(namer.address(rec.va));
      return phrase(said ? 'faults' : `faults on \`${namer.address(rec.va)}\``, '');
    }
    case 'fault_walk':
      // It begins in the first object: to say so would be to say nothing.
      if (scene.tasks.get(rec.task)?.fault?.first === rec.object) return null;
      return phrase(`goes down to ${namer.object(scene, rec.object)}`, `→ ${namer.object(scene, rec.object)}`);
    case 'fault_restart':
      return rec.why === 'busy' ? null : phrase('starts its fault again', 'restart', { begins: true });
    case 'found':
      return tellFinding(rec, scene, namer);
    case 'process':
      // A fork has said which child it makes.
      if (rec.parent == null || operation(rec.task, scene, namer)?.endsWith(`fork ${namer.process(rec.process)}`)) return null;
      return phrase(`makes process *${namer.process(rec.process)}*`, '', { begins: true });
    case 'process_exit':
      return phrase(`ends process *${namer.process(rec.process)}*`, '', { begins: true });
    default:
      return null;
  }
}

const REFUSALS: Record<string, string> = {
  pip: 'paging is in progress',
  dead: 'one of them is going away',
  invalid: 'a page is not valid',
  unshadowed: 'a page below is not hidden',
};

function tellObjects(rec: Rec, scene: Scene, namer: Namer): Phrase | null {
  const object = (id: number): string => namer.object(scene, id);
  switch (rec.kind) {
    case 'object_link':
      return phrase(`puts *${object(rec.object)}* above *${object(rec.backing)}*`, `${object(rec.object)} → ${object(rec.backing)}`);
    case 'object_free':
      return phrase(`*${object(rec.object)}* is torn down`, `${object(rec.object)} dies`, { begins: true });
    case 'collapse_refused': {
      const why =
        rec.why === 'busy' && rec.page != null
          ? `\`${namer.page(scene.frames.get(rec.page))}\` is busy`
          : (REFUSALS[rec.why] ?? 'a page is busy');
      return phrase(`leaves ${object(rec.backing)} below ${object(rec.object)}: ${why}`, 'refused', { begins: true });
    }
    case 'collapsed':
      return phrase(`merges *${object(rec.backing)}* into *${object(rec.object)}*`, 'collapse', { begins: true });
    case 'bypass':
      return rec.by_count
        ? phrase(
            `counts as many pages in ${object(rec.object)} as it is long, believes that they hide all of ` +
              `${object(rec.backing)}, and *bypasses ${object(rec.backing)}*`,
            'bypass',
            { begins: true },
          )
        : phrase(`sees every page of ${object(rec.backing)} hidden and *bypasses ${object(rec.backing)}*`, 'bypass', {
            begins: true,
          });
    case 'split':
      return phrase(`splits ${object(rec.into)} off ${object(rec.object)}`, 'split');
    default:
      return null;
  }
}
