import { Address } from './core/address';
import { Player, type Clock } from './core/player';
import { selectionText } from './core/selection';
import { SteppedDriver } from './drivers/stepped';
import { browserBar } from './views/bar';
import './views/fl-app';

/** What a first visit shows: the fault cow race on the kernel that had it. */
const FIRST = { scenario: 't3-story', policy: '2019-12' };

const clock: Clock = {
  set: (ms, run) => setTimeout(run, ms),
  clear: (handle) => clearTimeout(handle as number),
};

/** Puts the page on the screen, with a player on the engine in `worker`. */
export function start(worker: Worker): void {
  const player = new Player(new SteppedDriver(worker), clock);
  const app = document.createElement('fl-app');
  app.player = player;
  document.body.prepend(app);

  // What an address stands for that holds no link.
  const asked = new URLSearchParams(location.search);
  const home = async (): Promise<unknown> => {
    const scenario = asked.get('scenario') ?? FIRST.scenario;
    const own = player.catalog.scenarios.find((one) => one.name === scenario)?.policy;
    return player.load(scenario, asked.get('policy') ?? own ?? FIRST.policy);
  };
  const selection = (): string | undefined => {
    const { selection } = app.model;
    return selection ? selectionText(selection, player.names) : undefined;
  };
  const address = new Address(player, browserBar, clock, home, selection);
  app.addEventListener('fl-select', () => address.changed());
  addEventListener('popstate', () => void address.arrive());
  void player.begin().then(() => address.arrive());
}
