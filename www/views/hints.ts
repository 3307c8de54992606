/** What each task that can run is about to do, asked of the engine for the moment that is on the screen. */

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Player } from '../core/player';

export class Hints implements ReactiveController {
  private known = new Map<number, string>();
  private asked: { steps: unknown; position: number } | null = null;

  /** Asks while `isWanted`; the host is updated when there is an answer. */
  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly player: () => Player,
    private readonly isWanted: () => boolean = () => true,
  ) {
    host.addController(this);
  }

  get(task: number): string | undefined {
    return this.known.get(task);
  }

  hostUpdated(): void {
    const player = this.player();
    const { steps, position } = player;
    if (!this.isWanted() || player.status !== 'paused' || (this.asked?.steps === steps && this.asked.position === position)) return;
    this.asked = { steps, position };
    void this.look(player, this.asked);
  }

  /** An answer about a moment that is past is of no interest. */
  private async look(player: Player, asked: typeof this.asked): Promise<void> {
    const hints = await player.peek();
    if (this.asked !== asked) return;
    this.known = new Map(hints.map(({ task, text }) => [task, text]));
    this.host.requestUpdate();
  }
}
