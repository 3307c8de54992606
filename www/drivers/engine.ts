/** The engine's two builds as this page uses them: the same names in both. */

export interface EngineSession {
  open(): unknown;
  step(at: number, task?: number): unknown;
  perform(at: number, process: string, operation: unknown): unknown;
  follow(choices: string): unknown;
  choices(at: number): string;
  slice(at: number): Uint32Array;
  peek(at: number): unknown;
  branch(at: number): EngineSession;
  report(): unknown;
  link(at: number, selection?: string): string;
  free(): void;
}

/** A link that has been opened; `session` gives the session away. */
export interface EngineLink {
  opened(): unknown;
  session(): EngineSession;
}

/** Called during long work with how many turns have been taken, and of how many, where that is known. */
export type OnProgress = (doing: 'set-up' | 'run', turns: number, of?: number) => void;

/** A search, in slices or by the pool's workers. */
export interface EngineSearch {
  /** Takes about so many turns more, unless others do; whether it is over. */
  advance(turns: number): boolean;
  /** Others are at work: `advance` does nothing but look. */
  elsewhere(): boolean;
  pause(): void;
  resume(): void;
  /** It is over once all who search have heard it. */
  stop(): void;
  progress(): unknown;
  report(): unknown;
  free(): void;
}

export interface EngineRecording {
  progress_at(): number;
  /** Where the words of the frames lie, and how many frames there are. */
  frames_at(): number;
  frames(): number;
  /** Where the bytes of the processes lie. */
  chains_at(): number;
  /** Says in the frames' words which are in use now. */
  look(): void;
  lives(): unknown;
  advance(events: number): boolean;
  /** In the threaded build alone: has the pool's workers replay everything. */
  start?(): void;
  /** In the threaded build alone: whether they have. */
  is_over?(): boolean;
  report(): unknown;
  free(): void;
}

export interface EngineModule {
  default(options?: unknown): Promise<unknown>;
  catalog(): unknown;
  requireScenario(name: string): void;
  revision(): number;
  /** The module's linear memory, a `WebAssembly.Memory`. */
  linear_memory(): unknown;
  describe(source: string, name: string): unknown;
  /** What it panicked with, if it did. */
  panicked(): string | undefined;
  Session: new (source: string, policy: string, name?: string, onProgress?: OnProgress) => EngineSession;
  LinkSession: new (link: string, onProgress?: OnProgress) => EngineLink;
  Search: new (request: unknown) => EngineSearch;
  Recording: { new (bytes: Uint8Array, options: unknown): EngineRecording; progress_words(): number; frame_words(): number; bins(): number };
  /** In the threaded build alone. */
  initThreadPool?(workers: number): Promise<void>;
}
