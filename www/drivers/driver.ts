/** What every source of runs can do; the player knows nothing else about it. */

import type { Catalog, Hint, OpenedLink, OpenedRun, Operation, ScenarioInfo, StepResult } from '../core/generated/types';
import type { Progress } from '../core/work';

export type {
  Catalog,
  OpenedLink,
  OpenedRun,
  Operation,
  PresetInfo,
  ScenarioInfo,
  SettingInfo,
  StepResult,
  SwitchInfo,
} from '../core/generated/types';

export interface Driver {
  catalog(): Promise<Catalog>;
  /** Rejects where the gallery has no scenario of this name, with the one that may have been meant. */
  require(name: string): Promise<void>;
  /** Sets a scenario up; `name` is what it goes by in links. */
  open(source: string, policy: string, name?: string): Promise<OpenedRun>;
  /** What a scenario's text says about itself. */
  describe(source: string, name: string): Promise<ScenarioInfo>;
  /** Goes to what a link shows. */
  openLink(link: string): Promise<OpenedLink>;
  /** The link to position `at` of the run, with what is looked at. */
  link(at: number, selection?: string): Promise<string>;
  /** Steps from position `at`, forgetting what came after it; null if nothing can run. */
  step(at: number, choice?: number): Promise<StepResult | null>;
  /** Runs an operation of a process by hand from position `at`, as far as it gets alone. */
  perform(at: number, process: string, operation: Operation): Promise<StepResult>;
  /** Sets a scenario up and goes where choices lead, then on in task order. */
  follow(source: string, policy: string, name: string, choices: string): Promise<OpenedRun>;
  /** The choices that led to position `at`. */
  choices(at: number): Promise<string>;
  /** What each task that can run at position `at` would do. */
  peek(at: number): Promise<Hint[]>;
  /** The steps, from 0, on which what was found in step `at`, from 0, depends, with that step. */
  slice(at: number): Promise<readonly number[]>;
  /** A source of its own for another run, which has nothing open yet. */
  another(): Driver;
  /** The same for a run that is to take the place of this one: stopping either stops both. */
  anew(): Driver;
  /** A source for a run with the same past up to `at`; this one keeps what it knows. */
  branch(at: number): Promise<Driver>;
  /** `listener` is called with the progress of long work. */
  onProgress(listener: (progress: Progress) => void): void;
  /** Ends at once what it, or a branch of it, is asked for: that rejects with a problem that is `stopped`. What was known before still is. */
  stop(): void;
  /** Releases it: it is asked nothing any more. */
  end(): void;
}
