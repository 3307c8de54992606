/** One address: what each process should and would read there, and the walk through the page table and the TLBs. */

import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { cached, entryAt, shouldRead, walk, wouldRead, type Level, type Reading } from '../core/inspect';
import { flags, frameOf, indexAt, LEVEL_NAMES } from '../core/pte';
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
      .fields {
        display: grid;
        grid-template-columns: 9fr 9fr 9fr 9fr 12fr;
        gap: 2px;
        margin: 0 0 6px;
      }
      .fields > div {
        padding: 2px 1px;
        border-radius: 5px;
        min-width: 0;
        text-align: center;
        line-height: 1.25;
      }
      .fields b {
        display: block;
        font-size: 12px;
      }
      .fields small {
        font-size: 8.4px;
        letter-spacing: -0.3px;
      }
      .chip {
        display: inline-block;
        border-radius: 5px;
        padding: 0 5px;
      }
      /* Pale, and none of them amber or red: the strong colours belong to contents. */
      .l4 {
        background: light-dark(#cfe0f2, #29425c);
      }
      .l3 {
        background: light-dark(#c9e8e4, #1f4a47);
      }
      .l2 {
        background: light-dark(#d3e9cb, #2d4a28);
      }
      .l1 {
        background: light-dark(#e3d6f0, #453259);
      }
      .l0 {
        background: light-dark(#e4e4e8, #3c3f47);
      }
      .key {
        font-size: 11.5px;
        color: var(--muted);
        margin-top: 6px;
      }
      .set {
        border-radius: 4px;
        box-shadow: inset 0 -2px var(--accent);
        animation: set 900ms ease-out;
      }
      @keyframes set {
        from {
          background: var(--accent);
          color: var(--accent-ink);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .set {
          animation: none;
        }
      }
    `,
  ];

  override render() {
    const address = this.model.address;
    const { scene } = this.model;
    const { names } = this.model.player;
    const process = address ? scene.processes.get(address.process) : undefined;
    if (!address || !process) return html`<p class="muted">No address yet.</p>`;
    const levels = walk(scene, process.space, address.va);
    this.remember(`${process.space}:${address.va}`, levels);
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
        ${this.fields(address.va)}
        <table class="mono">
          <tr class="sr">
            <th scope="col">entry</th>
            <th scope="col">bits</th>
            <th scope="col">leads to</th>
          </tr>
          ${levels.map((level) => this.level(scene, level, this.wasSet(level)))}
          ${this.tlb(scene, process, address.va)}
        </table>
        <p class="key">${flags(0n).map((flag, nth) => html`${nth > 0 ? ' · ' : ''}<b>${flag.letter}</b> ${flag.name}`)}. The processor itself sets A and D.</p>
      </section>
    `;
  }

  /** The address as the processor reads it: an index for each level, and the place within the page. */
  private fields(va: number) {
    const field = (level: number, name: string, value: number, bits: number, text = String(value)) => html`<div class="l${level}" title=${`${name}: ${bits} bits`}>
      <b>${text}</b><small class="mono" aria-hidden="true">${value.toString(2).padStart(bits, '0')}</small>
    </div>`;
    return html`<div class="fields mono" role="img" aria-label=${`The address 0x${va.toString(16)} cut into 9, 9, 9, 9 and 12 bits: ${[4, 3, 2, 1].map((level) => `${LEVEL_NAMES[level]} ${indexAt(va, level)}`).join(', ')}, offset ${va % 4096}`}>
      ${[4, 3, 2, 1].map((level) => field(level, `index of the ${LEVEL_NAMES[level]}`, indexAt(va, level), 9))}
      ${field(0, 'offset in the page', va % 4096, 12, `+0x${(va % 4096).toString(16)}`)}
    </div>`;
  }

  /** The entries of the walk at this position, and at the one that was shown before it. */
  private seen: { key: string; position: number; bits: Map<number, bigint> } | null = null;
  private past: typeof this.seen = null;

  private remember(key: string, levels: Level[]): void {
    const { position } = this.model.player;
    if (this.seen?.key !== key || this.seen.position !== position) this.past = this.seen;
    this.seen = { key, position, bits: new Map(levels.map((level) => [level.level, level.bits])) };
  }

  /** Bits that the last step has set. */
  private wasSet(level: Level): bigint {
    const { past, seen } = this;
    if (!seen || past?.key !== seen.key || past.position !== seen.position - 1) return 0n;
    const old = past.bits.get(level.level);
    return old === undefined || old === 0n ? 0n : level.bits & ~old;
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

  private bits(bits: bigint, set = 0n) {
    const fresh = new Set(flags(set).filter((flag) => flag.on && (flag.letter === 'A' || flag.letter === 'D')).map((flag) => flag.letter));
    return flags(bits).map((flag) =>
      flag.on ? html`<abbr class=${fresh.has(flag.letter) ? 'set' : ''} title=${`${flag.name}${fresh.has(flag.letter) ? ', just set' : ''}`}>${flag.letter}</abbr>` : html`<abbr class="off" title="not ${flag.name}">–</abbr>`,
    );
  }

  private leadsTo(scene: Scene, level: number, frame: number | null) {
    if (frame === null) return html`<span class="muted">fault</span>`;
    const held = scene.frames.get(frame);
    if (level > 1) return html`frame ${frame}`;
    const free = held?.use === 'free';
    return html`<span class=${free ? 'bad' : ''}>frame ${frame}, ${free ? 'free' : this.model.player.names.page(held)}</span>`;
  }

  private level(scene: Scene, level: Level, set: bigint) {
    return html`<tr>
      <th scope="row">${LEVEL_NAMES[level.level]} <span class="chip l${level.level}">${level.index}</span></th>
      <td class="bits">${this.bits(level.bits, set)}</td>
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
