import type { Problem as EngineProblem } from './generated/types';

/** What went wrong: where, if it stands in a scenario's text, and what to do about it. */
export interface Problem {
  message: string;
  line?: number;
  column?: number;
  remedy?: string;
  /** The scenario that may have been meant, where the gallery has none of the name. */
  near?: string;
  /** The user has stopped it: nothing is wrong. */
  stopped?: boolean;
}

/** As the engine throws it, or anything else that was thrown. */
export function problemOf(reason: unknown): Problem {
  if (reason === null || typeof reason !== 'object' || !('message' in reason)) return { message: String(reason) };
  const { message, remedy, near, line, column, stopped } = reason as Partial<Record<keyof EngineProblem | 'stopped', unknown>>;
  const problem: Problem = { message: String(message) };
  if (typeof remedy === 'string') problem.remedy = remedy;
  if (typeof near === 'string') problem.near = near;
  if (typeof line === 'number') problem.line = line;
  if (typeof column === 'number') problem.column = column;
  if (stopped === true) problem.stopped = true;
  return problem;
}

/** In one sentence: where, what, and what to do. */
export function sentence({ message, line, column, remedy, near }: Problem): string {
  const place = line === undefined ? '' : `Line ${line}, column ${column ?? 1}: `;
  return `${place}${message}${remedy === undefined ? '' : `; ${remedy}`}${near === undefined ? '' : `; did you mean \`${near}\`?`}`;
}
