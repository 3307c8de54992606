/** Words that may be meant where a scenario's text is being written. */

export const OPERATIONS = ['store', 'load', 'fork', 'vfork', 'exec', 'exit', 'mmap', 'munmap', 'mprotect', 'minherit', 'madvise', 'collapse', 'pageout', 'reclaim'];
const LINES = ['process', 'file', 'name', 'expect', 'task', 'setup', 'sequence', 'schedule', 'until'];
const HEADER = ['title', 'about', 'group', 'when', 'where', 'review', 'watch', 'seek', 'frames', 'swap', 'cpus', 'pages', 'policy', 'prefault', 'errors'];
/** Words after which a name is made, or after which one stands. */
const MAKES = /\b(?:process|task|file|name|fork|vfork)\s+([A-Za-z][\w'+-]*)/g;
/** More than this is no help. */
const MOST = 8;

export interface Completion {
  /** Where the word begins that is being written. */
  from: number;
  options: string[];
}

/** The words that begin as the one before the caret does: operations where one may stand, and the text's own names. */
export function complete(text: string, caret: number): Completion | null {
  const line = text.slice(text.lastIndexOf('\n', caret - 1) + 1, caret);
  const [, before = '', word = ''] = /^(.*?)([A-Za-z][\w'+-]*)$/.exec(line) ?? [];
  if (word === '' || before.includes('#') || /\w/.test(text[caret] ?? '')) return null;
  const from = caret - word.length;
  const names = [...text.matchAll(MAKES)].map(([, name = '']) => name);
  const pages = text.match(/\bva\d+\b/g) ?? [];
  const known = [...words(text, from, before), ...names, ...pages];
  // The word itself stands in the text as well.
  const options = [...new Set(known)].filter((one) => one !== word && one.startsWith(word)).slice(0, MOST);
  return options.length > 0 ? { from, options } : null;
}

/** Operations follow a colon, a semicolon or a brace; other words begin a line, those of the header before any block. */
function words(text: string, from: number, before: string): string[] {
  if (/[:;{]\s*$/.test(before)) return OPERATIONS;
  if (before.trim() !== '') return [];
  const head = text.slice(0, from);
  const depth = head.split('{').length - head.split('}').length;
  return depth > 0 ? [...OPERATIONS, ...LINES] : [...LINES, ...HEADER];
}
