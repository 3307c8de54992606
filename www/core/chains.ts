/** Why there are chains: one run of the engine in five parts. It has no DOM: what each part shows is what the run is at. */

import type { Player } from './player';
import type { Scene } from './scene';
import type { AddressSelection } from './selection';
import type { StepRecord } from './step-record';

/** What the control of a part sets going: the operations of the run up to that number. */
export interface Act {
  label: string;
  upTo: number;
  /** What is followed once it is done: the trail of that address. */
  follow?: { process: string; page: number };
}

export interface Part {
  title: string;
  sentence: string;
  acts: readonly [Act, ...Act[]];
}

export const CHAINS = 'chains';
/** Every kernel does the same here. */
export const KERNEL = 'main';

/** The whole run; its operations, in the order in which they begin, are what the acts count. */
export const TEXT = `title    Why there are chains
pages    2

setup {
  process P
  P: mmap va0
}
task P of P {
  store va0 X0; store va1 Y0
  fork C {
    store va0 X1
    fork D { store va0 X2; load va1 = Y0 }
    exit
  }
}
schedule lesson {
  P until end
  C until begin #2
  D until end
  C until end
}
expect no finding
`;

export const PARTS: readonly Part[] = [
  {
    title: 'One process, one object',
    sentence: 'An address leads to a page, and the page belongs to an object.',
    acts: [{ label: 'Write', upTo: 2 }],
  },
  {
    title: 'Fork',
    sentence: 'Nothing is copied. Both processes look at the same object, and both may only read.',
    acts: [{ label: 'Fork', upTo: 3 }],
  },
  {
    title: 'The first store',
    sentence: 'The first store of the child puts a shadow in front, with a copy of that one page.',
    acts: [{ label: 'Write in the child', upTo: 4 }],
  },
  {
    title: 'A chain',
    sentence: 'Shadows of shadows make a chain. It is read from the top: what no shadow has lies at the bottom.',
    acts: [
      { label: 'Fork and write again', upTo: 6 },
      { label: 'Read at the bottom', upTo: 7, follow: { process: 'D', page: 1 } },
    ],
  },
  {
    title: 'Collapse',
    sentence: 'A chain would grow for ever, so the kernel shortens it and frees what is hidden. It does not ask who still maps a page.',
    acts: [{ label: 'Exit in the middle', upTo: 8 }],
  },
];

/** The position at which so many operations of a run are over: where the next one has not yet begun. */
export function positionAfter(steps: readonly StepRecord[], operations: number): number {
  let begun = 0;
  const next = steps.findIndex((step) => {
    begun += step.records.filter((rec) => rec.kind === 'op_start').length;
    return begun > operations;
  });
  return next < 0 ? steps.length : next;
}

export interface Tally {
  processes: number;
  objects: number;
  pages: number;
}

export function tally(scene: Scene): Tally {
  return {
    processes: [...scene.processes.values()].filter((one) => !one.exited).length,
    objects: scene.objects.size,
    pages: [...scene.objects.values()].reduce((sum, one) => sum + one.pages.size, 0),
  };
}

export class Chains {
  /** From 0. */
  part = 0;
  /** Where the act that is going on ends. */
  private end = Infinity;
  private opening: Promise<unknown> | null = null;

  private readonly unlisten: () => void;

  /** `player` shows nothing else. */
  constructor(readonly player: Player) {
    this.unlisten = player.listen(({ by }) => {
      if (by !== 'work' && player.status === 'playing' && player.position >= this.end) player.pause();
    });
  }

  /** The player is no longer wanted here. */
  close(): void {
    this.unlisten();
  }

  get now(): Part {
    return PARTS[this.part] ?? PARTS[0]!;
  }

  get isOpen(): boolean {
    return this.player.scenario === CHAINS;
  }

  get isGoing(): boolean {
    return this.player.status === 'playing';
  }

  private at(operations: number): number {
    return positionAfter(this.player.steps, operations);
  }

  /** The act that comes next in this part; none once all of them are over. */
  get act(): Act | null {
    return this.now.acts.find((act) => this.player.position < this.at(act.upTo)) ?? null;
  }

  /** What is followed: the address of the act that was last, once it is over. */
  get followed(): AddressSelection | null {
    const { player } = this;
    const done = this.now.acts.findLast((act) => player.position >= this.at(act.upTo));
    const { base, processes } = player.names.names;
    const process = done?.follow ? processes.indexOf(done.follow.process) : -1;
    return done?.follow && process >= 0 ? { process, va: base + done.follow.page * 4096 } : null;
  }

  /** To the beginning of a part: what the parts before it do is done. */
  async go(part: number): Promise<void> {
    this.part = Math.max(0, Math.min(PARTS.length - 1, part));
    this.player.pause();
    if (!this.isOpen) await (this.opening ??= this.player.open(CHAINS, TEXT, KERNEL).finally(() => (this.opening = null)));
    await this.player.seek(this.at(PARTS[this.part - 1]?.acts.at(-1)?.upTo ?? 0));
  }

  /** Sets the next act going; one that is going on is over at once. */
  press(): void {
    const { act, player } = this;
    if (!act) return;
    this.end = this.at(act.upTo);
    if (this.isGoing) void player.seek(this.end);
    else player.play();
  }
}
