/** Keys, what a finger can do, marks, and words. */

import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import type { Term } from '../build/markdown';
import { base } from './base';
import { dialogStyles } from './dialog-css';
import { defs } from './swatch';

const KEYS: [string, string][] = [
  ['Space', 'play or pause'],
  ['.', 'one step'],
  [',', 'one step back; undoes a manual operation'],
  ['1 – 9', 'let the task with that number go on'],
  ['s', 'search every interleaving; in the gallery, Enter finds the race'],
  ['t', 'take over: every task says what it is about to do'],
  ['r', 'is a finding still reachable from here?'],
  ['b', 'to the way that was left last, and back'],
  ['c', 'before and after: two kernels on this schedule'],
  ['n', 'in that view: to where they part next'],
  ['g', 'to the gallery'],
  ['Home, End', 'to the start, to the end'],
  ['Tab, arrow keys', 'from control to control; among addresses and objects, along a slider'],
  ['←, →', 'in “Why there are chains”: from part to part'],
  ['Shift+1 – 9', 'in a level of “Break it”: let that task run until it waits or ends'],
  ['+, -, f', 'zoom the picture, or the lanes that have the focus; fit the whole picture'],
  ['l', 'copy a link to what is on the screen'],
  ['e', 'edit the scenario'],
  ['Alt+←, Alt+→', 'the browser’s Back and Forward: undo a choice, make it again'],
  ['?', 'this help'],
  ['Esc', 'close'],
];

/** What takes the place of keys where there are none. */
const TOUCH: [string, string][] = [
  ['Tap an address', 'what each process reads there, and the walk through its page tables'],
  ['Tap an object', 'who refers to it, who holds its lock, and its pages'],
  ['Drag the slider', 'through the run; a tap beside it goes there'],
  ['Tasks', 'let a task go on, take over, and operate by hand'],
  ['Lanes', 'the same steps in time; a tap goes to a step'],
  ['Search', 'every order of the steps'],
  ['Compare', 'two kernels on this schedule'],
];

/** A device whose pointer is a finger. */
const touch = matchMedia('(pointer: coarse)');

interface Section {
  title: string;
  terms: Term[];
}

const MARKS: [ReturnType<typeof svg>, string][] = [
  [svg`<rect x="5" y="5" width="22" height="22" rx="5" fill="var(--t0)"/>`, 'a page wears the colour of what it holds'],
  [
    svg`<rect x="6" y="6" width="20" height="20" rx="5" fill="var(--t0)"/><rect x="3" y="3" width="26" height="26" rx="7" fill="none" stroke="var(--busy)" stroke-width="2.6"/>`,
    'exclusively busy, with its holder',
  ],
  [
    svg`<rect x="6" y="6" width="20" height="20" rx="5" fill="var(--t0)"/><rect x="3" y="3" width="26" height="26" rx="7" fill="none" stroke="var(--busy)" stroke-width="2.6" stroke-dasharray="4 3"/>`,
    'shared busy, with the number of holders',
  ],
  [svg`<rect x="5" y="5" width="22" height="22" rx="5" fill="url(#invalid)" stroke="var(--s-edge)"/>`, 'a page whose contents do not count yet'],
  [svg`<rect x="5" y="5" width="22" height="22" rx="5" fill="var(--t0)"/><circle cx="22" cy="10" r="2.6" fill="var(--on-tok)"/>`, 'dirty'],
  [svg`<rect x="2" y="9" width="28" height="14" rx="7" fill="var(--ink)"/>`, 'a task that holds a lock; r: shared with readers'],
  [svg`<rect x="2" y="9" width="28" height="14" rx="7" fill="var(--surface)" stroke="var(--ink)" stroke-dasharray="2.5 2"/>`, 'a task that waits'],
  [svg`<path d="M16 2C16 16 8 16 8 30" fill="none" stroke="var(--t0)" stroke-width="2"/>`, 'a translation: from an address to its page'],
  [svg`<path d="M16 2C16 16 8 16 8 30" fill="none" stroke="var(--s-edge)" stroke-width="2"/>`, 'a reference: entry to object, object to what it shadows'],
  [svg`<path d="M16 2C16 16 8 16 8 30" fill="none" stroke="var(--t0)" stroke-width="1.2" stroke-dasharray="2 3"/>`, 'a TLB still has a translation that the page table no longer has'],
  [svg`<path d="M16 2C16 16 10 16 10 22" fill="none" stroke="var(--accent)" stroke-width="3" stroke-linecap="round"/><circle cx="10" cy="24" r="5" fill="var(--accent)"/>`, 'the way of a fault down the chain: no, no, yes'],
  [svg`<rect x="3" y="10" width="26" height="4" rx="2" fill="var(--busy)"/><rect x="3" y="18" width="26" height="3" rx="1.5" fill="var(--ink)"/>`, 'in the lanes: a page held busy, a lock held'],
  [svg`<path d="M12 4C24 12 24 18 14 25" fill="none" stroke="var(--accent)" stroke-width="2"/><path d="M10 28l2-7 5 5z" fill="var(--accent)"/>`, 'in the lanes: who wakes whom'],
  [svg`<rect x="4" y="4" width="24" height="24" rx="6" fill="var(--danger)"/>`, 'red: something is wrong, and nothing else is red'],
];

@customElement('fl-help')
export class FlHelp extends LitElement {
  static override styles = [
    base,
    dialogStyles,
    css`
      dialog {
        width: 760px;
      }
      .two {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(260px, 1fr));
        gap: 8px 28px;
      }
      h1 {
        margin-bottom: 14px;
      }
      details {
        margin-top: 10px;
        border-top: 1px solid var(--hair);
        padding-top: 8px;
      }
      summary {
        cursor: pointer;
        font-weight: 600;
        font-size: 13px;
      }
      dl {
        font-size: 13px;
        margin: 8px 0 0;
        columns: 2 260px;
        column-gap: 28px;
      }
      dl div {
        break-inside: avoid;
        margin-bottom: 8px;
      }
      dt {
        font-weight: 600;
      }
      dd {
        margin: 0;
      }
      .marks td:first-child {
        width: 42px;
      }
      kbd {
        font: 12px var(--mono);
        white-space: nowrap;
      }
      form {
        text-align: right;
        margin-top: 14px;
      }
      svg {
        display: block;
      }
    `,
  ];

  @query('dialog') private dialog!: HTMLDialogElement;
  /** The glossary, once it has been asked for. */
  @state() private glossary: Section[] = [];

  toggle(): void {
    if (this.dialog.open) this.dialog.close();
    else {
      void import('virtual:glossary').then(({ default: glossary }) => (this.glossary = glossary), () => undefined);
      this.dialog.showModal();
      // The button at its end has the focus, but reading begins at the top.
      this.dialog.scrollTop = 0;
    }
  }

  override render() {
    const hands = touch.matches ? html`${this.table('With a finger', TOUCH)} ${this.marks()}` : html`${this.keys()} ${this.marks()}`;
    return html`<dialog aria-labelledby="help">
      <h1 id="help">${touch.matches ? 'Help' : 'Keys, marks and words'}</h1>
      <div class="two">${hands}</div>
      ${this.glossary.map((section) => this.words(section))}
      ${touch.matches ? html`<details><summary>Keys, where there is a keyboard</summary>${this.keys()}</details>` : nothing}
      <form method="dialog"><button class="primary">Close</button></form>
    </dialog>`;
  }

  private keys() {
    return this.table('Keys', KEYS.map(([key, text]) => [html`<kbd>${key}</kbd>`, text]));
  }

  private table(title: string, rows: [unknown, string][]) {
    return html`<section>
      <h2>${title}</h2>
      <table>
        ${rows.map(([what, text]) => html`<tr><th scope="row">${what}</th><td>${text}</td></tr>`)}
      </table>
    </section>`;
  }

  private marks() {
    return html`<section>
      <h2>Marks</h2>
      <table class="marks">
        ${MARKS.map(
          ([mark, text]) =>
            html`<tr>
              <td><svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">${defs}${mark}</svg></td>
              <td>${text}</td>
            </tr>`,
        )}
      </table>
    </section>`;
  }

  /** The words are those of `docs/glossary.md`, made into HTML when the site is built. */
  private words({ title, terms }: Section) {
    return html`<details>
      <summary>Words: ${title}</summary>
      <dl>
        ${terms.map(({ term, text }) => html`<div><dt>${unsafeHTML(term)}</dt><dd>${unsafeHTML(text)}</dd></div>`)}
      </dl>
    </details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-help': FlHelp;
  }
}
