/** What the components share: the player, what is selected, and the colours. */

import { Palette, storedValues, type Swatch } from '../core/colors';
import { vpn, type Value } from '../core/events';
import { folded } from '../core/families';
import { facts, type Fact } from '../core/findings';
import type { Namer } from '../core/names';
import { Observed } from '../core/observed';
import type { Player } from '../core/player';
import type { Scene } from '../core/scene';
import { isAddress, type AddressSelection, type Selection } from '../core/selection';

export type { Selection };

/** What drawing needs to know besides a scene. */
export interface DrawContext {
  readonly player: { readonly names: Namer };
  swatch(value: Value | null): Swatch;
}

/** A position in a run, with what has been derived for it. */
interface Moment {
  steps: unknown;
  position: number;
  scene: Scene;
  /** The scene with its families folded. */
  drawn: Scene;
  facts: Fact[];
}

export class Model extends Observed implements DrawContext {
  private selected: Selection | null = null;
  private isTaken = false;
  private palette = new Palette();
  private derived: Moment | null = null;
  /** Processes whose families are folded. */
  private families: ReadonlySet<number> = new Set();

  constructor(readonly player: Player) {
    super();
  }

  /** The player has changed: its owner says so here, once the model fits the run. */
  changed(): void {
    this.tell();
  }

  /** What the reader looks at. */
  get selection(): Selection | null {
    return this.selected;
  }

  set selection(selection: Selection | null) {
    this.selected = selection;
    this.changed();
  }

  /** The reader is the scheduler: tasks say what each is about to do. */
  get takeover(): boolean {
    return this.isTaken;
  }

  set takeover(on: boolean) {
    this.isTaken = on;
    this.changed();
  }

  /** A new run: colours begin anew, in the order in which its values appear. */
  reset(): void {
    this.palette = new Palette(storedValues(this.player.setup, this.player.steps));
    this.derived = null;
    this.families = new Set();
  }

  swatch(value: Value | null): Swatch {
    return this.palette.swatch(value);
  }

  /** The scene at the player's position. */
  get scene(): Scene {
    return this.moment.scene;
  }

  /** What of the scene is drawn: families that are folded are left out. */
  get drawn(): Scene {
    return this.moment.drawn;
  }

  isFolded(process: number): boolean {
    return this.families.has(process);
  }

  /** Folds the family of a process, or unfolds it. */
  foldFamily(process: number): void {
    const families = new Set(this.families);
    if (!families.delete(process)) families.add(process);
    this.families = families;
    this.derived = null;
    this.changed();
  }

  /** What has been found up to the player's position. */
  get facts(): Fact[] {
    return this.moment.facts;
  }

  /** What follows from the player's position alone; components that draw the same moment share it. */
  private get moment(): Moment {
    const { steps, position } = this.player;
    if (this.derived?.steps !== steps || this.derived.position !== position) {
      const { scene } = this.player;
      this.derived = { steps, position, scene, drawn: folded(scene, this.families), facts: facts(steps.slice(0, position)) };
    }
    return this.derived;
  }

  /** The address that the inspector follows: the chosen one, or where something went wrong, or the last fault. */
  get address(): AddressSelection | null {
    const { scene, selection } = this;
    if (isAddress(selection) && scene.processes.has(selection.process)) return selection;
    return this.interesting(scene);
  }

  private interesting(scene: Scene): AddressSelection | null {
    const running = scene.task === null ? undefined : scene.tasks.get(scene.task);
    const owner = running ? this.player.names.processOfTask(running.id) : null;
    if (running?.fault && owner !== null && scene.processes.has(owner)) return { process: owner, va: running.fault.va };
    const access = scene.lastAccess;
    const process = [...scene.processes.values()].find((one) => one.space === access?.space && !one.exited);
    if (access && process) return { process: process.id, va: vpn(access.va) * 4096 };
    for (const one of scene.processes.values()) {
      const entry = [...(scene.spaces.get(one.space)?.entries.values() ?? [])][0];
      if (entry && !one.exited) return { process: one.id, va: entry.start };
    }
    return null;
  }
}
