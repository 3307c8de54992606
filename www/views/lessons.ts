/** The lessons: parts that stand alone, loaded when one of them is opened. */

import { html, type TemplateResult } from 'lit';
import type { Player } from '../core/player';
import type { SearchRun } from '../core/search';
import type { Shows, Tab } from '../core/view';

/** What a lesson is given, and what it may ask for. */
export interface LessonHost {
  player: Player;
  search: SearchRun;
  pars: Record<string, number>;
  /** To another place of the lessons. */
  go: (shows: Shows) => void;
  show: (event: CustomEvent<Tab>) => void;
  /** Opens a scenario with the search at work. */
  find: (event: CustomEvent<string>) => void;
}

export function lessonView(shows: Shows, host: LessonHost): TemplateResult {
  return shows.tab === 'chains' ? chains(shows, host) : levels(shows, host);
}

function chains({ part = 1 }: Shows, { player, go, show, find }: LessonHost): TemplateResult {
  void import('./fl-chains');
  return html`<fl-chains
    .player=${player}
    .nth=${part}
    @fl-part=${(event: CustomEvent<number>) => go({ tab: 'chains', part: event.detail })}
    @fl-show=${show}
    @fl-search-open=${find}
  ></fl-chains>`;
}

function levels({ level }: Shows, { player, search, pars, go, show }: LessonHost): TemplateResult {
  void import('./fl-levels');
  return html`<fl-levels
    .player=${player}
    .search=${search}
    .pars=${pars}
    .level=${level ?? null}
    @fl-level=${(event: CustomEvent<string | null>) => go({ tab: 'levels', ...(event.detail === null ? {} : { level: event.detail }) })}
    @fl-show=${show}
  ></fl-levels>`;
}
