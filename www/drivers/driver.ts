/** What every source of runs can do; the player knows nothing else about it. */

import type { StepRecord, Hint, Runnable } from '../core/step-record';
import type { Finding, Rec } from '../core/events';
import type { Names } from '../core/names';
import type { Paragraph } from '../core/story';
import type { Progress } from '../core/work';

export interface ScenarioInfo {
  name: string;
  title: string;
  /** `race`, `golden` or `correct`. */
  group: string;
  /** In one sentence. */
  about: string;
  by: string;
  when: string;
  where: string;
  review: string;
  /** What to watch, a sentence each. */
  watch: string[];
  /** The kind of finding that a search looks for first; empty if none comes first. */
  seek: string;
  /** The scenario's source. */
  text: string;
  policy: string;
}

export interface PresetInfo {
  name: string;
  letter: string;
  text: string;
  /** Ids of the switches that are on. */
  switches: string[];
}

export interface SwitchInfo {
  id: string;
  name: string;
  text: string;
}

/** A setting with more than two values. */
export interface SettingInfo extends SwitchInfo {
  /** The value of every preset. */
  preset: string;
  values: { name: string; text: string }[];
}

export interface Catalog {
  scenarios: ScenarioInfo[];
  presets: PresetInfo[];
  switches: SwitchInfo[];
  settings: SettingInfo[];
  /** Switches of mistakes that no kernel shipped. */
  defects: SwitchInfo[];
}

/** A run that stands before its first step, with the steps of its stored schedule. */
export interface OpenedRun {
  names: Names;
  setup: Rec[];
  runnable: Runnable[];
  steps: StepRecord[];
  /** What the set-up got wrong. */
  findings: Finding[];
  /** The run in words. */
  narration: Paragraph[];
}

/** What came of a step or of an manual operation. */
export interface StepResult {
  names: Names;
  /** The run up to there, if that has changed as well. */
  past: StepRecord[] | null;
  steps: StepRecord[];
  /** The run to their end, in words. */
  narration: Paragraph[];
}

/** What a link shows. */
export interface OpenedLink {
  opened: OpenedRun;
  position: number;
  /** What the scenario goes by; its text is the gallery's, or came with the link. */
  scenario: string;
  text: string;
  gallery: boolean;
  policy: string;
  /** What the link looks at: an object, or an address of a process, `B.va0`. */
  selection?: string | null;
  /** What does not fit, a sentence each. */
  differs: string[];
}

export type Operation =
  | { op: 'load' | 'store'; page: number }
  | { op: 'fork' | 'exit' }
  | { op: 'collapse'; object: string };

export interface Driver {
  catalog(): Promise<Catalog>;
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
