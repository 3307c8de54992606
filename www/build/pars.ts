/** Searches every level for the fewest preemptions that reach its aim. */

import { LEVELS } from '../core/levels';
import type { Catalog } from '../drivers/driver';
import type { EngineModule } from '../drivers/engine';
import type { SearchRequest, SearchResult } from '../drivers/search/types';

/** More of them than any level takes: then it is none. */
const MOST = 6;
/** Turns between two looks at whether it is over. */
const TURNS = 100_000;

export function parsOf(engine: EngineModule, { scenarios }: Catalog): Record<string, number> {
  return Object.fromEntries(
    LEVELS.map(({ scenario, kind }) => {
      const info = scenarios.find((one) => one.name === scenario);
      if (!info) throw new Error(`no scenario \`${scenario}\` for a level`);
      const request: SearchRequest = { scenario: info.text, policy: info.policy, strategy: 'preemptions', preemptions: MOST, kind, shrink: false };
      const [found] = searched(engine, request).findings;
      // This strategy goes by preemptions: what it finds first takes the fewest.
      if (!found) throw new Error(`the aim of level \`${scenario}\` is not reached with ${MOST} preemptions`);
      return [scenario, found.preemptions];
    }),
  );
}

function searched(engine: EngineModule, request: SearchRequest): SearchResult {
  const search = new engine.Search(request);
  while (!search.advance(TURNS));
  const result = search.report() as SearchResult;
  search.free();
  return result;
}
