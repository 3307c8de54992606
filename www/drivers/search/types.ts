/** What every search can do; the panel knows nothing else about it. */

import type { FindingKind } from '../../core/events';

export type Strategy = 'exhaustive' | 'preemptions' | 'pct' | 'random';

export interface SearchRequest {
  /** The scenario's text. */
  scenario: string;
  policy: string;
  strategy: Strategy;
  /** Preemptions at most, for that strategy. */
  preemptions?: number;
  /** Random runs at most. */
  executions?: number;
  seed?: number;
  workers?: number;
  /** The one kind that is looked for, or `any`; otherwise what the scenario is about first. */
  kind?: FindingKind | 'any';
  /** Choices that have been made already: the search goes on from there. */
  from?: string;
  /** What was found is made as short as it can be. */
  shrink: boolean;
}

export interface SearchProgress {
  phase: 'searching' | 'shortening' | 'trimming';
  states: number;
  steps: number;
  executions: number;
  seconds: number;
  /** Of these the time that the figures took: those of a new phase begin anew. */
  took: number;
  /** States whose continuations are not all known yet. */
  frontier: number;
  /** Part of the tree done, where that is known. */
  share?: number | null;
  /** The number of preemptions that is being covered. */
  bound?: number | null;
}

export interface SearchFinding {
  kind: FindingKind;
  /** The kind in words. */
  words: string;
  property: string;
  detail: string;
  /** The schedule, as `--choices` takes it. */
  choices: string;
  /** Turns up to and with the one that breaks the property: its step, as the page counts them. */
  turns: number;
  preemptions: number;
  /** The scenario's text, where it is a smaller one than was asked for. */
  scenario?: string | null;
}

export interface SearchResult {
  /** `unsound`: the search went wrong by itself, and nothing of it is to be believed; the text says where. */
  verdict: 'found' | 'complete' | 'bounded' | 'stopped' | 'unsound';
  /** The verdict in a sentence that says exactly what it is. */
  text: string;
  executions: number;
  states: number;
  steps: number;
  seconds: number;
  /** Of these the time that the search took, whose figures these are; the rest made short what it found. */
  took: number;
  complete: boolean;
  /** Workers that searched. */
  workers: number;
  preemption_bound?: number | null;
  /** FreeBSD’s changes that this kernel has or lacks otherwise than the engine, in routines that the scenario reaches. */
  not_reproduced?: { id: string; date: string; text: string; why: string }[];
  findings: SearchFinding[];
}

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
