/** One page or one process: what it is now, and where in the run it came to that. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { descendants } from '../core/families';
import { mappings } from '../core/inspect';
import { frameHistory, processHistory, type Happened } from '../core/inspect-frame';
import { mappers } from '../core/inspect-object';
import { isWritable } from '../core/pte';
import { isFrame, isProcess, type Selection } from '../core/selection';
import { base } from './base';
import { View } from './element';
import './fl-acts';
import { factStyles } from './fact-css';
import { marked } from './marked';
import { square } from './swatch';

/** What a process can be told by hand; what is done to an address or an object stands with that. */
const OFFERS = ['fork', 'exit'] as const;

@customElement('fl-inspect')
export class FlInspect extends View {
  static override styles = [
    base,
    factStyles,
    css`
      ol {
        list-style: none;
        margin: 6px 0 0;
        padding: 0;
      }
      li button {
        display: grid;
        grid-template-columns: 34px 1fr;
        gap: 6px;
        width: 100%;
        min-height: 26px;
        padding: 2px 4px;
        border-color: transparent;
        background: none;
        text-align: left;
        font-size: 12.5px;
        line-height: 1.4;
      }
      li button[aria-current='step'] {
        border-color: var(--accent);
      }
      .at {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      fl-acts {
        display: block;
        margin-top: 8px;
      }
      .family {
        margin-top: 8px;
      }
      .ahead {
        color: var(--muted);
      }
    `,
  ];

  private known: { steps: unknown; selection: unknown; history: Happened[] } | null = null;

  override render() {
    const { selection } = this.model;
    if (isFrame(selection)) return this.frame(selection.frame);
    return isProcess(selection) ? this.process(selection.map) : nothing;
  }

  private history(selection: Selection, read: () => Happened[]): Happened[] {
    const { steps } = this.model.player;
    if (this.known?.steps !== steps || this.known.selection !== selection) this.known = { steps, selection, history: read() };
    return this.known.history;
  }

  private frame(id: number) {
    const { scene, player, selection } = this.model;
    const { names } = player;
    const frame = scene.frames.get(id);
    const by = mappers(scene, id);
    const links = by.map(({ process, va }, nth) => html`${nth > 0 ? ', ' : nothing}${this.look({ process, va }, `${names.process(process)} ${names.address(va)}`)}`);
    const busy = frame?.busy.busy === 'exclusive' ? `busy by ${names.task(frame.busy.owner)}` : frame?.busy.busy === 'shared' ? `shared busy ×${frame.busy.holders}` : '';
    const isFree = !frame || frame.use === 'free';
    const state = isFree ? 'free' : frame.use === 'table' ? 'a page table' : [busy, frame.valid ? '' : 'not valid', frame.dirty ? 'dirty' : ''].filter(Boolean).join(', ') || 'clean';
    const object = frame && !isFree && frame.object !== null ? scene.objects.get(frame.object) : undefined;
    return html`
      ${this.head(`Page ${names.page(frame)}`, `frame ${id}`)}
      <dl>
        <dt>holds</dt>
        <dd>${frame?.value == null ? '–' : html`${square(this.model.swatch(frame.value))}${names.value(frame.value)}`}</dd>
        <dt>state</dt>
        <dd>${state}</dd>
        ${object ? html`<dt>belongs to</dt><dd>${this.look({ object: object.born }, names.object(scene, object.id))}, page ${frame?.index}</dd>` : nothing}
        <dt>mapped by</dt>
        <dd class=${isFree && by.length > 0 ? 'bad' : ''}>${by.length > 0 ? links : 'no process'}</dd>
      </dl>
      ${selection ? this.steps('What happened to it', this.history(selection, () => frameHistory(player.setup, player.steps, id, names))) : nothing}
    `;
  }

  private process(id: number) {
    const { scene, player, selection } = this.model;
    const { names } = player;
    const process = scene.processes.get(id);
    if (!process) return html`${this.head(`Process ${names.process(id)}`)}<p class="muted">It is not there at this step.</p>`;
    const views = process.exited ? [] : [...(scene.spaces.get(process.space)?.entries.values() ?? [])].sort((a, b) => a.start - b.start);
    const maps = process.exited ? [] : mappings(scene, process.space);
    const leads = (object: number | null | undefined) => {
      const to = object == null ? undefined : scene.objects.get(object);
      return to ? this.look({ object: to.born }, names.object(scene, to.id)) : 'no object yet';
    };
    return html`
      ${this.head(`Process ${names.process(id)}`, process.exited ? 'exited' : '')}
      <dl>
        ${process.parent === null ? nothing : html`<dt>parent</dt><dd>${this.look({ map: process.parent }, names.process(process.parent))}</dd>`}
        <dt>threads</dt>
        <dd>${names.tasksOf(id).map((task) => names.task(task)).join(', ') || 'none'}</dd>
        ${views.map((view) => html`<dt><code>${names.address(view.start)}</code></dt><dd>${(view.end - view.start) / 4096} × page of ${leads(view.object)}${view.needs_copy ? ', copied when written' : ''}</dd>`)}
        ${maps.map((one) => html`<dt><code>${names.address(one.page * 4096)}</code></dt>
          <dd>leads to ${this.look({ frame: one.frame }, names.page(scene.frames.get(one.frame)))}, ${isWritable(one.bits) ? 'writable' : 'read-only'}</dd>`)}
      </dl>
      ${process.exited ? nothing : html`<fl-acts .model=${this.model} .process=${process} .offers=${OFFERS}></fl-acts>`}
      ${this.family(id)}
      ${selection ? this.steps('What became of it', this.history(selection, () => processHistory(player.steps, id, names))) : nothing}
    `;
  }

  private family(id: number) {
    const { scene } = this.model;
    const count = descendants(scene, id).length;
    if (count === 0) return nothing;
    const isFolded = this.model.isFolded(id);
    return html`<button class="family" aria-pressed=${isFolded ? 'true' : 'false'} @click=${() => this.model.foldFamily(id)}>
      ${isFolded ? 'Unfold' : 'Fold'} its ${count === 1 ? 'one descendant' : `${count} descendants`}
    </button>`;
  }

  private head(title: string, note = '') {
    return html`<div class="head">
      <h2>${title} ${note ? html`<span class="muted">${note}</span>` : nothing}</h2>
      <button class="quiet" aria-label="Look at an address again" title="Look at an address again" @click=${() => this.select(null)}>✕</button>
    </div>`;
  }

  private steps(title: string, all: Happened[]) {
    const { player } = this.model;
    if (all.length === 0) return html`<p class="muted">Nothing in this run; it was so from the start.</p>`;
    const now = all.findLast((one) => one.at <= player.position);
    return html`<h3 class="sr">${title}</h3>
      <ol>
        ${all.map((one) => html`<li>
          <button class=${one.at > player.position ? 'ahead' : ''} aria-current=${one === now ? 'step' : 'false'} @click=${() => void player.seek(one.at)}>
            <span class="at">${one.at}</span><span>${marked(one.text)}</span>
          </button>
        </li>`)}
      </ol>`;
  }

  private look(selection: Selection, text: string) {
    return html`<button class="look" @click=${() => this.select(selection)}>${text}</button>`;
  }

  private select(detail: Selection | null): void {
    this.dispatchEvent(new CustomEvent('fl-select', { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-inspect': FlInspect;
  }
}
