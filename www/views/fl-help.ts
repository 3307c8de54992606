/** Keys and marks. */

import { css, html, svg } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { LitElement } from 'lit';
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
  ['+, -, f', 'zoom the picture, or the lanes that have the focus; fit the whole picture'],
  ['l', 'copy a link to what is on the screen'],
  ['e', 'edit the scenario'],
  ['Alt+←, Alt+→', 'the browser’s Back and Forward: undo a choice, make it again'],
  ['?', 'this help'],
  ['Esc', 'close'],
];

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

  toggle(): void {
    if (this.dialog.open) this.dialog.close();
    else {
      this.dialog.showModal();
      // The button at its end has the focus, but reading begins at the top.
      this.dialog.scrollTop = 0;
    }
  }

  override render() {
    return html`<dialog aria-labelledby="help">
      <h1 id="help">Keys and marks</h1>
      <div class="two">
        <section>
          <h2>Keys</h2>
          <table>
            ${KEYS.map(([key, text]) => html`<tr><th scope="row"><kbd>${key}</kbd></th><td>${text}</td></tr>`)}
          </table>
        </section>
        <section>
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
        </section>
      </div>
      <form method="dialog"><button class="primary">Close</button></form>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-help': FlHelp;
  }
}
