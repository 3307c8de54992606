import { Player } from './core/player';
import { SteppedDriver } from './drivers/stepped';
import './views/fl-app';

/** What a first visit shows: the fault cow race on the kernel that had it. */
const FIRST = { scenario: 't3-story', policy: '2019-12' };

/** Puts the page on the screen, with a player on the engine in `worker`. */
export function start(worker: Worker): void {
  const player = new Player(new SteppedDriver(worker), {
    set: (ms, run) => setTimeout(run, ms),
    clear: (handle) => clearTimeout(handle as number),
  });
  const app = document.createElement('fl-app');
  app.player = player;
  document.body.prepend(app);
  void player.start(FIRST.scenario, FIRST.policy);
}
