/** What every search can do; the panel knows nothing else about it. */

import type { SearchProgress, SearchRequest, SearchResult } from '../../core/generated/types';

export type { SearchProgress, SearchRequest, SearchResult, Strategy } from '../../core/generated/types';
export type { FoundReport as SearchFinding } from '../../core/generated/types';

export interface Search {
  pause(): void;
  resume(): void;
  /** Ends it where it is; the result then says `stopped`. */
  stop(): void;
  readonly result: Promise<SearchResult>;
}

export interface Searcher {
  /** `progress` also gets what was found once it is as short as it can be, while smaller scenarios are still tried. */
  search(request: SearchRequest, progress: (now: SearchProgress, found?: SearchResult) => void): Search;
}
