import { Address, isLink } from './core/address';
import { FOREMOST } from './core/gallery';
import { FixSearch } from './core/fixes';
import { Pair } from './core/pair';
import type { Clock } from './core/clock';
import { Player } from './core/player';
import { SearchRun } from './core/search';
import { selectionText } from './core/selection';
import { Thumbnails, type BuiltGallery } from './core/thumbnails';
import { viewOf, type Shows, type Tab } from './core/view';
import { searchWorker } from './drivers/search/spawn';
import { Host } from './drivers/host';
import { SteppedDriver } from './drivers/stepped';
import { WorkerSearcher } from './drivers/search/client';
import { browserAddressBar } from './views/address-bar';
import './views/fl-app';
import { frontWords } from './views/words';

const clock: Clock = {
  set: (ms, run) => setTimeout(run, ms),
  clear: (handle) => clearTimeout(handle as number),
};

/** What bookmarks, tabs and the history call the state on the screen. */
function title({ scenario, info, policy, position }: Player, { tab }: Shows): string {
  if (tab === 'chains') return 'Why there are chains · Faultline';
  if (tab === 'levels') return 'Break it · Faultline';
  if (scenario === '') return 'Faultline';
  return `${info?.title ? `${info.title} (${scenario})` : scenario}, kernel ${policy}, step ${position} · Faultline`;
}

/** Views that show no run of the player's. */
const LESSONS: ReadonlySet<Tab> = new Set(['threads', 'chains', 'levels']);

/** Puts the page on the screen, with a player on the engine in `worker`; `make` makes another one if that ends. */
export function start(worker: Worker, make: () => Worker, gallery: BuiltGallery): void {
  const driver = SteppedDriver.on(new Host(make, worker));
  const player = new Player(driver, clock);
  const app = document.createElement('fl-app');
  app.player = player;
  app.pair = new Pair(new Player(driver.another(), clock), new Player(driver.another(), clock), clock);
  app.search = new SearchRun(new WorkerSearcher(searchWorker));
  // What is searched beside the run on the screen: only one of these is at work.
  const aside = new WorkerSearcher(searchWorker);
  app.fixes = new FixSearch(aside);
  app.lesson = { player: new Player(driver.another(), clock), search: new SearchRun(aside), pars: gallery.pars };
  void app.lesson.player.begin(gallery.catalog);
  app.thumbnails = new Thumbnails(gallery);
  app.steps = gallery.steps;
  const asked = new URLSearchParams(location.search);
  const scenario = asked.get('scenario');

  // What an address stands for that holds no link: a scenario that it names, or the front door.
  // A link that cannot be opened has its reason said beside the first story.
  const home = async (): Promise<unknown> => {
    if (LESSONS.has(app.shows.tab)) return player.close();
    const name = scenario ?? (isLink(location.hash) ? FOREMOST : null);
    app.shows = { tab: name === null ? 'gallery' : 'step' };
    if (name === null) return player.close();
    const own = player.catalog.scenarios.find((one) => one.name === name)?.policy;
    return player.load(name, asked.get('policy') ?? own ?? 'main');
  };
  const selection = (): string | undefined => {
    const { selection } = app.model;
    return selection ? selectionText(selection, player.names) : undefined;
  };
  const address = new Address(player, browserAddressBar, clock, home, selection, app);
  for (const kind of ['fl-select', 'fl-view']) app.addEventListener(kind, () => address.changed());
  addEventListener('popstate', () => void address.arrive());
  const named = (): void => void (document.title = title(player, app.shows));
  player.listen(named);
  app.addEventListener('fl-view', named);
  // Before the engine is there the page has the shape of what it will show.
  app.shows = scenario === null ? viewOf(location.hash) : { tab: 'step' };
  // The words give way to whatever view comes first.
  frontWords();
  document.body.prepend(app);
  void player.begin(gallery.catalog).then(() => address.arrive());
}
