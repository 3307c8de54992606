/** What a smaller scenario does without, in words. */

import { OPERATIONS } from './completion';

interface Parts {
  /** Lines of the set-up and the tasks. */
  lines: number;
  names: Set<string>;
  operations: Map<string, number>;
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Without the header, comments, expectations and stored schedules: these are not what happens. */
function story(text: string): string[] {
  const body = text.replace(/#(?!\d).*$/gm, '').replace(/^schedule [^{]*\{[^}]*\}/gm, '');
  const begin = body.search(/^(?:setup|sequence|task)\b/m);
  const lines = (begin < 0 ? body : body.slice(begin)).split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !/^(?:expect\b|setup\b|sequence\b|\}$)/.test(line));
}

function parts(text: string): Parts {
  const lines = story(text);
  const all = lines.join('\n');
  const operations = new Map(OPERATIONS.map((op) => [op, [...all.matchAll(new RegExp(`(?<![\\w-])${op}(?![\\w-])`, 'g'))].length]));
  return { lines: lines.length, names: new Set([...all.matchAll(/\b(?:name|process|file|task|fork|vfork) ([\w'+-]+)/g)].map(([, name = '']) => name)), operations };
}

const several = (n: number, op: string): string => `${NUMBERS[n] ?? n} ${n === 1 ? op : `${op}s`}`;

const listed = (all: string[]): string => (all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`);

/** “2 lines fewer: without S, q0 and two stores”; empty where nothing of the story is gone. */
export function takenAway(before: string, after: string): string {
  const [was, is] = [parts(before), parts(after)];
  const names = [...was.names].filter((name) => !is.names.has(name));
  const operations = OPERATIONS.flatMap((op) => {
    const fewer = (was.operations.get(op) ?? 0) - (is.operations.get(op) ?? 0);
    return fewer > 0 ? [several(fewer, op)] : [];
  });
  const gone = listed([...names, ...operations]);
  const fewer = was.lines - is.lines;
  const lines = fewer > 0 ? `${fewer} ${fewer === 1 ? 'line' : 'lines'} fewer` : '';
  return [lines, gone === '' ? '' : `without ${gone}`].filter(Boolean).join(': ');
}
