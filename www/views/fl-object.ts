/** One object: who refers to it, what lies below it, who holds it, and the pages it has. */

import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { holders, mappers, objectBorn, referrers } from '../core/inspect-object';
import type { Frame, Obj, Scene } from '../core/scene';
import { isObject } from '../core/selection';
import { base } from './base';
import { PIP } from './diagram-parts';
import { View } from './element';
import './fl-acts';
import { factStyles } from './fact-css';
import { square } from './swatch';

/** What can be done by hand to an object that a process has mapped. */
const OFFERS = ['collapse'] as const;

@customElement('fl-object')
export class FlObject extends View {
  static override styles = [
    base,
    factStyles,
  ];

  override render() {
    const { selection, scene, player } = this.model;
    if (!isObject(selection)) return nothing;
    const object = objectBorn(scene, selection.object);
    return html`
      <div class="head">
        <h2>Object ${player.names.objectBorn(selection.object)}</h2>
        <button class="quiet" aria-label="Look at an address again" title="Look at an address again" @click=${this.drop}>✕</button>
      </div>
      ${object ? this.facts(scene, object) : html`<p class="muted">It is not there at this step.</p>`}
    `;
  }

  private facts(scene: Scene, object: Obj) {
    const { names } = this.model.player;
    const task = (id: number): string => names.task(id);
    const refers = referrers(scene, object).map((one) =>
      one.by === 'entry' ? `${names.process(one.process)}’s entry at ${names.address(one.va)}` : `shadow ${names.object(scene, one.object)}`,
    );
    const { hold, wait } = holders(scene, object);
    const by = referrers(scene, object).find((one) => one.by === 'entry');
    const actor = by?.by === 'entry' ? scene.processes.get(by.process) : undefined;
    const rows: [string, string][] = [
      ['references', `${object.refs}${refers.length > 0 ? `: ${refers.join(', ')}` : ''}${beyond(object.refs - refers.length)}`],
      ['below it', object.backing === null ? (object.vnode ? 'a file' : 'nothing') : names.object(scene, object.backing)],
    ];
    if (object.pip > 0) rows.push(['paging in progress', `${object.pip}. ${PIP}`]);
    if (hold.length > 0) rows.push(['lock', hold.map((one) => `${task(one.task)}${one.read ? ' (read)' : ''}`).join(', ')]);
    if (wait.length > 0) rows.push(['waits for it', wait.map(task).join(', ')]);
    const pages = [...object.pages.entries()].sort(([a], [b]) => a - b);
    return html`
      ${object.freedAt === null ? nothing : html`<p class="muted">It is dead.</p>`}
      ${actor && by?.by === 'entry' && !object.vnode ? html`<fl-acts .model=${this.model} .process=${actor} .va=${by.va} .offers=${OFFERS}></fl-acts>` : nothing}
      <dl>${rows.map(([what, text]) => html`<dt>${what}</dt><dd>${text}</dd>`)}</dl>
      ${pages.length === 0 ? html`<p class="muted">It has no pages.</p>` : html`<table>
        <tr>
          <th scope="col">page</th>
          <th scope="col">holds</th>
          <th scope="col">state</th>
          <th scope="col">mapped by</th>
        </tr>
        ${pages.map(([index, frame]) => this.page(scene, index, scene.frames.get(frame)))}
      </table>`}
    `;
  }

  private page(scene: Scene, index: number, frame: Frame | undefined) {
    const { names } = this.model.player;
    if (!frame) return nothing;
    const by = mappers(scene, frame.frame).map((one) => `${names.process(one.process)} ${names.address(one.va)}`);
    const { busy } = frame;
    const state = [
      busy.busy === 'exclusive' ? `busy by ${names.task(busy.owner)}` : busy.busy === 'shared' ? `shared busy ×${busy.holders}` : '',
      frame.valid ? '' : 'invalid',
      frame.dirty ? 'dirty' : '',
    ].filter(Boolean);
    return html`<tr>
      <th scope="row"><code>${index}</code> ${names.page(frame)}</th>
      <td>${frame.valid ? html`${square(this.model.swatch(frame.value))}${names.value(frame.value)}` : '–'}</td>
      <td>${state.join(', ') || 'clean'}</td>
      <td>${by.join(', ') || '–'}</td>
    </tr>`;
  }

  private readonly drop = (): void => {
    this.dispatchEvent(new CustomEvent('fl-select', { detail: null, bubbles: true, composed: true }));
  };
}

/** References that neither an entry nor a shadow holds are those of operations that are under way. */
const beyond = (count: number): string => (count > 0 ? `, and ${count} held by ${count === 1 ? 'an operation' : 'operations'} under way` : '');

declare global {
  interface HTMLElementTagNameMap {
    'fl-object': FlObject;
  }
}
