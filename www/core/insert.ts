/** Lines and operations that are written for whoever does not know the format yet: names that are free, at a place where they may stand. */

export type Snippet = 'task' | 'fork' | 'expect';

export interface Insertion {
  at: number;
  text: string;
  /** What of it is selected, to be written over. */
  select: [from: number, to: number];
}

/** A name that the text does not have. */
function free(text: string, letters: readonly string[]): string {
  const known = new Set(text.match(/[A-Za-z][\w'+-]*/g) ?? []);
  for (let n = 0; ; n++) {
    const found = letters.map((letter) => (n === 0 ? letter : `${letter}${n}`)).find((one) => !known.has(one));
    if (found) return found;
  }
}

/** Where the line at an offset begins and ends, without its comment. */
function lineAt(text: string, at: number): { from: number; to: number; line: string } {
  const from = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(from, end < 0 ? text.length : end).replace(/\s*#(?!\d).*$/, '').trimEnd();
  return { from, to: from + line.length, line };
}

/** After the last line that fits, or at the end; with the line break that it needs. */
function after(text: string, fits: RegExp, line: string): { at: number; text: string } {
  const last = [...text.matchAll(fits)].at(-1);
  if (!last) return { at: text.length, text: `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n` };
  return { at: last.index + last[0].length, text: `\n${line}` };
}

const selected = ({ at, text }: { at: number; text: string }, what: string): Insertion => {
  const from = at + text.indexOf(what);
  return { at, text, select: [from, from + what.length] };
};

export function insertion(text: string, caret: number, what: Snippet): Insertion {
  const process = /^\s*process\s+([A-Za-z][\w'+-]*)/m.exec(text)?.[1] ?? 'P';
  if (what === 'task') {
    // Behind the last task, or behind the set-up.
    const line = `task ${free(text, ['T', 'U', 'V'])} of ${process}: load va0`;
    const tasks = /^task\b[^\n{]*(?:\{(?:[^{}]|\{[^{}]*\})*\})?[^\n]*$/gm;
    return selected(after(text, tasks.test(text) ? new RegExp(tasks) : /^(?:setup|sequence)\s*\{[^}]*\}/gm, line), 'load va0');
  }
  if (what === 'expect') return selected(after(text, /^expect\b[^\n]*$/gm, `expect ${process} va0 = X0`), 'X0');
  const child = free(text, ['C', 'D', 'E']);
  const { to, line } = lineAt(text, caret);
  // Behind the operations of the line with the caret, where it has any that something may follow.
  const takes = /^\s*(?:task\b[^{]*|[A-Za-z][\w'+-]*\s*):.*[^{};\s]$/.test(line) && !/\bexit$/.test(line);
  if (takes) return selected({ at: to, text: `; fork ${child}` }, `fork ${child}`);
  // Else at the end of the set-up, where no other braces stand in it.
  const setup = /^setup\s*\{[^{}]*(?=\n\s*\})/gm;
  return selected(after(text, setup.test(text) ? new RegExp(setup) : /^\s*process\s[^\n]*$/gm, `  ${process}: fork ${child}`), `fork ${child}`);
}
