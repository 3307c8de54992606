import { Address, isLink } from './core/address';
import { Pair } from './core/pair';
import { Player, type Clock } from './core/player';
import { SearchRun } from './core/search';
import { selectionText } from './core/selection';
import { Thumbnails } from './core/thumbnails';
import { searchWorker } from './drivers/search/spawn';
import { Host } from './drivers/host';
import { SteppedDriver } from './drivers/stepped';
import { WorkerSearcher } from './drivers/search/client';
import { browserAddressBar } from './views/address-bar';
import './views/fl-app';
import { FOREMOST } from './views/fl-gallery';

const clock: Clock = {
  set: (ms, run) => setTimeout(run, ms),
  clear: (handle) => clearTimeout(handle as number),
};

/** What bookmarks, tabs and the history call the state on the screen. */
function title({ scenario, info, policy, position }: Player): string {
  if (scenario === '') return 'Faultline';
  return `${info?.title ? `${info.title} (${scenario})` : scenario}, kernel ${policy}, step ${position} · Faultline`;
}

/** Puts the page on the screen, with a player on the engine in `worker`; `make` makes another one if that ends. */
export function start(worker: Worker, make: () => Worker): void {
  const driver = SteppedDriver.on(new Host(make, worker));
  const player = new Player(driver, clock);
  const app = document.createElement('fl-app');
  app.player = player;
  app.pair = new Pair(new Player(driver.another(), clock), new Player(driver.another(), clock), clock);
  app.search = new SearchRun(new WorkerSearcher(searchWorker));
  app.thumbnails = new Thumbnails(driver.another());
  const asked = new URLSearchParams(location.search);
  const scenario = asked.get('scenario');

  // What an address stands for that holds no link: a scenario that it names, or the front door.
  // A link that cannot be opened has its reason said beside the first story.
  const home = async (): Promise<unknown> => {
    const name = scenario ?? (isLink(location.hash) ? FOREMOST : null);
    if (name === null) return player.close();
    const own = player.catalog.scenarios.find((one) => one.name === name)?.policy;
    return player.load(name, asked.get('policy') ?? own ?? 'main');
  };
  const selection = (): string | undefined => {
    const { selection } = app.model;
    return selection ? selectionText(selection, player.names) : undefined;
  };
  const address = new Address(player, browserAddressBar, clock, home, selection);
  app.addEventListener('fl-select', () => address.changed());
  const tab = (): void => {
    app.tab = isLink(location.hash) || scenario !== null ? 'step' : 'gallery';
  };
  addEventListener('popstate', () => {
    tab();
    void address.arrive();
  });
  player.listen(() => (document.title = title(player)));
  tab();
  document.body.prepend(app);
  void player.begin().then(() => address.arrive());
}
