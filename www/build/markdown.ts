/** As much of Markdown as the documents use, as HTML: headings, paragraphs, lists, tables, code. */

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A heading's address, as GitHub makes it. */
const slug = (text: string): string => text.toLowerCase().replace(/[^\w\s-]/g, '').replace(/\s+/g, '-');

/** Marks within a line. Links that lead into the repository are left out: only what they say stays. */
export function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`')
        ? `<code>${escaped(part.slice(1, -1))}</code>`
        : escaped(part)
            .replace(/\[([^\]]+)\]\(((?:https?:|#)[^)]*)\)/g, '<a href="$2">$1</a>')
            .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
            .replace(/\*\*([^*]+)\*\*/g, '<b>$1</b>')
            .replace(/\*([^*]+)\*/g, '<i>$1</i>'),
    )
    .join('');
}

const cells = (row: string): string[] => row.replace(/^\||\|$/g, '').split(/(?<!\\)\|(?=(?:[^`]*`[^`]*`)*[^`]*$)/).map((cell) => inline(cell.trim()));

function table([head = '', , ...rows]: string[]): string {
  const line = (row: string, tag: string): string => `<tr>${cells(row).map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<div class="wide" tabindex="0"><table>${line(head, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table></div>`;
}

/** The items of a list, each of which may go on in indented lines. */
export const items = (block: string): string[] => block.split(/\n?^- /m).slice(1).map((item) => item.replace(/\s*\n\s*/g, ' ').trim());

type Kind = 'code' | 'heading' | 'table' | 'list' | 'text';

const kindOf = (line: string): Kind => (line.startsWith('#') ? 'heading' : line.startsWith('|') ? 'table' : line.startsWith('- ') ? 'list' : 'text');

/** Lines that belong together. */
function blocks(markdown: string): { kind: Kind; lines: string[] }[] {
  const found: { kind: Kind; lines: string[] }[] = [];
  let [open, inCode] = [false, false];
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      inCode = !inCode;
      open = false;
      if (inCode) found.push({ kind: 'code', lines: [] });
    } else if (inCode) found.at(-1)?.lines.push(line);
    else if (line.trim() === '') open = false;
    else {
      const last = found.at(-1);
      const kind = kindOf(line);
      // A list's items and paragraphs go on in lines that begin like text.
      const goesOn = open && last && last.kind !== 'heading' && (kind === last.kind || (kind === 'text' && last.kind === 'list'));
      if (goesOn) last.lines.push(line);
      else found.push({ kind, lines: [line] });
      open = true;
    }
  }
  return found;
}

function block({ kind, lines }: { kind: Kind; lines: string[] }): string {
  const text = lines.join('\n');
  if (kind === 'code') return `<pre tabindex="0">${escaped(text)}</pre>`;
  if (kind === 'table') return table(lines);
  if (kind === 'list') return `<ul>${items(text).map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
  if (kind === 'text') return `<p>${inline(lines.join(' '))}</p>`;
  const [, marks = '', title = ''] = /^(#+) (.*)$/.exec(text) ?? [];
  return `<h${marks.length} id="${slug(title)}">${inline(title)}</h${marks.length}>`;
}

/** A document's body. */
export const toHtml = (markdown: string): string => blocks(markdown).map(block).join('\n');

export interface Term {
  /** The term, and what explains it. */
  term: string;
  text: string;
}

/** The glossary's sections: of each the terms, as HTML. */
export function terms(markdown: string): { title: string; terms: Term[] }[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = '', ...rest] = section.split('\n');
      const list = items(rest.join('\n').trim()).map((item) => {
        const [, term = '', text = ''] = /^\*\*(.+?)\*\*(.*)$/.exec(item) ?? [];
        const explained = text.replace(/^:\s*/, '').replace(/\s*\((?:[\w.]+ )?§[\d.]+\)/g, '');
        return { term: inline(term), text: inline(explained) };
      });
      return { title, terms: list };
    });
}
