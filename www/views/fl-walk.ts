/** One address: what each process should and would read there, and the walk through the page table and the TLBs. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { cached, entryAt, shouldRead, walk, wouldRead, type Level, type Reading } from '../core/inspect';
import { flags, frameOf, LEVEL_NAMES } from '../core/pte';
import type { Process, Scene } from '../core/scene';
import { base } from './base';
import { View } from './element';
import { square } from './swatch';

@customElement('fl-walk')
export class FlWalk extends View {
  static override styles = [
    base,
    css`
      section + section {
        margin-top: 16px;
      }
      .off {
        color: var(--muted);
        opacity: 0.75;
      }
      .bits abbr {
        text-decoration: none;
        display: inline-block;
        width: 1.15em;
        text-align: center;
      }
      td {
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    const address = this.model.address;
    const { scene } = this.model;
    const { names } = this.model.player;
    const process = address ? scene.processes.get(address.process) : undefined;
    if (!address || !process) return html`<p class="muted">No address yet.</p>`;
    return html`
      <section>
        <h2>What each process sees at <code>${names.address(address.va)}</code></h2>
        <table>
          <tr>
            <th scope="col"><span class="sr">process</span></th>
            <th scope="col">should read</th>
            <th scope="col">would read</th>
          </tr>
          ${[...scene.processes.values()]
            .filter((one) => !one.exited && entryAt(scene, one.space, address.va))
            .map((one) => this.sees(scene, one, address.va))}
        </table>
      </section>
      <section>
        <h2>${names.process(process.id)}’s walk to <code>${names.address(address.va)}</code></h2>
        <table class="mono">
          <tr class="sr">
            <th scope="col">entry</th>
            <th scope="col">bits</th>
            <th scope="col">leads to</th>
          </tr>
          ${walk(scene, process.space, address.va).map((level) => this.level(scene, level))}
          ${this.tlb(scene, process, address.va)}
        </table>
      </section>
    `;
  }

  private sees(scene: Scene, process: Process, va: number) {
    const { names } = this.model.player;
    const should = shouldRead(scene, process.space, va);
    const would = wouldRead(scene, process.space, va);
    const value = 'value' in would ? would.value : null;
    const bad = should !== null && value !== null && should !== value;
    return html`<tr>
      <th scope="row">${names.process(process.id)}</th>
      <td>${should === null ? '–' : html`${square(this.model.swatch(should))}${names.value(should)}`}</td>
      <td class=${bad || ('free' in would && would.free) ? 'bad' : ''}>
        ${value === null ? '–' : html`${square(this.model.swatch(value))}${names.value(value)}`} ${this.how(scene, would)}
      </td>
    </tr>`;
  }

  private how(scene: Scene, reading: Reading) {
    const { names } = this.model.player;
    switch (reading.how) {
      case 'mapped':
        return html`<span class=${reading.free ? 'bad' : 'muted'}>
          ${reading.free ? 'a free frame' : names.page(scene.frames.get(reading.frame))}
        </span>`;
      case 'fault':
        return html`<span class="muted">fault, ${names.page(scene.frames.get(reading.frame))}</span>`;
      case 'zero':
        return html`<span class="muted">fault, zeros</span>`;
      case 'nothing':
        return html`<span class="muted">signal</span>`;
    }
  }

  private bits(bits: bigint) {
    return flags(bits).map((flag) =>
      flag.on ? html`<abbr title=${flag.name}>${flag.letter}</abbr>` : html`<abbr class="off" title="not ${flag.name}">–</abbr>`,
    );
  }

  private leadsTo(scene: Scene, level: number, frame: number | null) {
    if (frame === null) return html`<span class="muted">fault</span>`;
    const held = scene.frames.get(frame);
    if (level > 1) return html`frame ${frame}`;
    const free = held?.use === 'free';
    return html`<span class=${free ? 'bad' : ''}>frame ${frame}, ${free ? 'free' : this.model.player.names.page(held)}</span>`;
  }

  private level(scene: Scene, level: Level) {
    return html`<tr>
      <th scope="row">${LEVEL_NAMES[level.level]} [${level.index}]</th>
      <td class="bits">${this.bits(level.bits)}</td>
      <td>${this.leadsTo(scene, level.level, level.frame)}</td>
    </tr>`;
  }

  private tlb(scene: Scene, process: Process, va: number) {
    const found = cached(scene, process.space, va);
    if (found.length === 0) {
      return html`<tr>
        <th scope="row">TLB</th>
        <td></td>
        <td class="muted">nothing cached</td>
      </tr>`;
    }
    return found.map(
      (one) => html`<tr>
        <th scope="row">TLB of cpu ${one.cpu}</th>
        <td class="bits">${this.bits(one.bits)}</td>
        <td>${this.leadsTo(scene, 1, frameOf(one.bits))}${one.stale ? html` <b>stale</b>` : nothing}</td>
      </tr>`,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-walk': FlWalk;
  }
}
