/** Says what a trap of the engine is: in WebAssembly a panic and a lack of memory both are “unreachable”. */

import type { Problem } from '../core/problem';

const REPORT = 'please report it with the scenario and the kernel';

/**
 * Why the engine is of no use any more, if what was thrown means that. `panicked` is what it panicked with;
 * where it did not, and came upon an instruction that is never reached, it could get no more memory.
 */
export function deathOf(error: unknown, panicked: string | undefined, fewer: string): Problem | null {
  const text = textOf(error);
  if (!/RuntimeError|RangeError|CompileError|LinkError/.test(text)) return null;
  if (panicked !== undefined) {
    const said = panicked.replace(/\s+/g, ' ').trim();
    return { message: `The engine stopped at a mistake of its own (${said})`, remedy: REPORT };
  }
  if (/unreachable|memory|allocat/i.test(text) && !text.includes('out of bounds')) return { message: 'Out of memory in this tab', remedy: fewer };
  if (/stack/i.test(text)) return { message: 'The engine’s stack is full', remedy: 'let less stand inside of each other' };
  return { message: `The engine stopped at a mistake of its own (${text})`, remedy: REPORT };
}

/** As a console would print it; what comes from another worker is such a text already. */
function textOf(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return String(error);
}

/** `panicked` of the engine, which may not have come up at all. */
export function askPanicked(engine: { panicked(): string | undefined }): string | undefined {
  try {
    return engine.panicked() ?? undefined;
  } catch {
    return undefined;
  }
}
