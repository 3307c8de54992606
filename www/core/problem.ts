/** What went wrong: where, if it stands in a scenario's text, and what to do about it. */
export interface Problem {
  message: string;
  line?: number;
  column?: number;
  remedy?: string;
}

/** As the engine throws it, or anything else that was thrown. */
export function problemOf(reason: unknown): Problem {
  if (reason === null || typeof reason !== 'object' || !('message' in reason)) return { message: String(reason) };
  const { message, remedy, line, column } = reason as Record<string, unknown>;
  const problem: Problem = { message: String(message) };
  if (typeof remedy === 'string') problem.remedy = remedy;
  // The engine's numbers may cross as bigints.
  if (line != null) problem.line = Number(line);
  if (column != null) problem.column = Number(column);
  return problem;
}
