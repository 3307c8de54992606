/**
 * The address bar always holds the present state, as a link: steps replace it, decisions of
 * the reader are new entries of the browser's history, so that Back undoes a decision.
 */

import type { Clock } from './clock';
import type { Player } from './player';
import type { Problem } from './problem';
import { ownAddress, viewOf, withView, type Shows } from './view';

/** The part of an address from its `#` on, and the history behind it. */
export interface AddressBar {
  readonly hash: string;
  replace(hash: string): void;
  push(hash: string): void;
}

/** Browsers refuse more than some hundred changes in half a minute; a picture that runs makes more. */
const APART = 250;

/** The longest link that the engine reads: what is longer need not be carried to it. */
const MAX_LINK = 1 << 17;

/** An address that holds a link, of this form or of one that is not known here. */
export const isLink = (hash: string): boolean => /^#v\d+(;|%3B)/i.test(hash);

export class Address {
  private decisions = 0;
  /** Counts arrivals: what was asked before one is of no interest after it. */
  private arrivals = 0;
  private arriving = false;
  private pending: string | null = null;
  private timer: unknown = null;
  private tail: Promise<unknown> = Promise.resolve();

  /** The address of the view that is on the screen, without what it says of the run. */
  private view = '';

  /** `home` shows what an address without a link stands for; `shows` is what the page shows, and is set on arrival. */
  constructor(
    private readonly player: Player,
    private readonly bar: AddressBar,
    private readonly clock: Clock,
    private readonly home: () => Promise<unknown>,
    private readonly selection: () => string | undefined = () => undefined,
    private readonly page: { shows: Shows } = { shows: { tab: 'step' } },
  ) {
    player.listen(({ by }) => {
      if (by !== 'work') this.changed();
    });
  }

  /** Shows what the address says: at the beginning, and after Back, Forward or a link on the page. */
  async arrive(): Promise<void> {
    this.drop();
    this.arrivals++;
    this.arriving = true;
    const { hash } = this.bar;
    // What an address without a link shows may be a run that its query names: the page knows.
    if (isLink(hash) || ownAddress(viewOf(hash)) !== '') this.page.shows = viewOf(hash);
    const arrival = this.arrivals;
    const problem = isLink(hash) ? await this.openLink(hash) : null;
    if (arrival !== this.arrivals) return;
    const { stopped = false } = problem ?? {};
    const nothing = !isLink(hash) || (problem !== null && !stopped && this.player.scenario === '');
    if (nothing) await this.home();
    if (arrival !== this.arrivals) return;
    if (problem && !stopped) {
      const instead = { message: `Nothing of it could be shown: this is ${this.player.scenario}.` };
      this.player.warn(nothing ? [problem, instead] : [problem], true);
    }
    this.arriving = false;
    this.decisions = this.player.decisions;
    this.view = ownAddress(this.page.shows) ?? withView('', this.page.shows);
    // A link that does not fit stays as it came until the reader moves on; one that was stopped gives way to what is shown.
    if (!isLink(hash) || stopped) this.changed();
  }

  private openLink(hash: string): Promise<Problem | null> {
    if (hash.length <= MAX_LINK) return this.player.openLink(hash);
    const message = `link: ${hash.length} bytes are too many; a link has at most ${MAX_LINK}`;
    return Promise.resolve({ message, remedy: 'see that nothing else was copied with it' });
  }

  /** What is looked at has changed, or the run: the address follows. */
  changed(): void {
    const { player, page } = this;
    const own = ownAddress(page.shows);
    if (this.arriving || (own === null && (player.scenario === '' || player.status === 'loading'))) return;
    const view = own ?? withView('', page.shows);
    const decided = player.decisions !== this.decisions || view !== this.view;
    this.decisions = player.decisions;
    this.view = view;
    const arrival = this.arrivals;
    const { shows } = page;
    // Asked at once, so that the engine answers before it takes the next step.
    const asked = own === null ? player.link(this.selection()).then((link) => withView(link, shows), () => null) : Promise.resolve(own);
    this.tail = this.tail.then(async () => {
      const link = await asked;
      if (link === null || arrival !== this.arrivals) return;
      if (decided) this.push(link);
      else this.replace(link);
    });
  }

  private push(link: string): void {
    this.flush();
    if (link !== this.bar.hash) this.bar.push(link);
  }

  private replace(link: string): void {
    this.pending = link;
    if (this.timer !== null) return;
    this.flush();
    this.timer = this.clock.set(APART, () => {
      this.timer = null;
      if (this.pending !== null) this.replace(this.pending);
    });
  }

  private flush(): void {
    const link = this.pending;
    this.pending = null;
    if (link !== null && link !== this.bar.hash) this.bar.replace(link);
  }

  private drop(): void {
    this.pending = null;
    if (this.timer !== null) this.clock.clear(this.timer);
    this.timer = null;
  }
}
