/** A recording of real processes, replayed on all cores, with live counts. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { grouped, noCounts, type Counts, type Report } from '../core/counts';
import type { Player } from '../core/player';
import { problemOf, sentence } from '../core/problem';
import { cores, isolated, Replay } from '../drivers/replay';
import { base } from './base';
import './fl-histogram';
import { focusHeading } from './element';

/** Megabytes of the recording. */
const RECORDED = '1.3';

type Status = 'idle' | 'running' | 'done' | 'failed';

@customElement('fl-threads')
export class FlThreads extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        overflow: auto;
      }
      main {
        max-width: 980px;
        margin: 0 auto;
        padding: 28px 22px 48px;
        display: grid;
        gap: 22px;
      }
      .lead {
        max-width: 68ch;
        margin-top: 6px;
      }
      .controls {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 12px;
      }
      progress {
        width: 100%;
        height: 12px;
        accent-color: var(--accent);
        display: block;
      }
      .line {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        font-size: 13px;
        margin-bottom: 6px;
        font-variant-numeric: tabular-nums;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(132px, 1fr));
        gap: 14px 20px;
        margin: 0;
      }
      dt {
        font-size: 12.5px;
        color: var(--muted);
      }
      dd {
        margin: 0;
        font-size: 20px;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .result {
        font-size: 15px;
      }
      .good {
        color: var(--accent);
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) player!: Player;
  @state() private status: Status = 'idle';
  @state() private counts: Counts = noCounts;
  @state() private seconds = 0;
  @state() private report: Report | null = null;
  @state() private error = '';
  @state() private workers = cores;
  @state() private policy = 'main';
  private replay: Replay | null = null;
  private frame = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  override focus(): void {
    focusHeading(this);
  }

  override render() {
    const { status } = this;
    return html`<main>
      <section>
        <h1 tabindex="-1">A build of zlib, replayed</h1>
        <p class="lead">
          Every fork, exec, mapping and page fault of <code>./configure</code> and <code>make</code>, recorded on a real machine and
          performed again by the engine, with all checks on.
        </p>
        <p class="lead muted" id="mode">
          ${isolated
            ? `Real threads: up to ${cores} ${cores === 1 ? 'worker' : 'workers'} of this machine over one shared memory.`
            : 'One thread: this page is not cross-origin isolated, so its workers cannot share memory. Engine and counts are the same.'}
        </p>
      </section>
      <section class="controls" aria-label="Replay">
        <label class="field"
          >Kernel
          <select ?disabled=${status === 'running'} @change=${(event: Event) => (this.policy = (event.target as HTMLSelectElement).value)}>
            ${this.player.catalog.presets.map((one) => html`<option ?selected=${one.name === this.policy}>${one.name}</option>`)}
          </select>
        </label>
        ${isolated ? this.pool() : nothing}
        ${status === 'running'
          ? html`<button id="stop" @click=${() => this.stop()}>Stop</button>`
          : html`<button id="replay" class="primary" @click=${() => void this.start()}>${status === 'idle' ? 'Replay' : 'Replay again'}</button>`}
      </section>
      ${this.progress()} ${this.result()} ${this.numbers()}
      <fl-histogram .chains=${this.counts.chains}></fl-histogram>
    </main>`;
  }

  private pool() {
    const numbers = Array.from({ length: cores }, (_, nth) => nth + 1);
    return html`<label class="field"
      >Workers
      <select
        ?disabled=${this.status === 'running'}
        @change=${(event: Event) => (this.workers = Number((event.target as HTMLSelectElement).value))}
      >
        ${numbers.map((one) => html`<option ?selected=${one === this.workers}>${one}</option>`)}
      </select>
    </label>`;
  }

  private progress() {
    const { events, eventsInAll } = this.counts;
    const share = eventsInAll > 0 ? events / eventsInAll : 0;
    const loading = this.status === 'running' && eventsInAll === 0;
    return html`<section aria-label="Progress">
      <div class="line">
        <span>${loading ? `Loading the recording (${RECORDED} MB) and the engine…` : `${grouped(events)} of ${eventsInAll > 0 ? grouped(eventsInAll) : '–'} events`}</span>
        <span>${this.seconds > 0 && !this.report ? `${this.seconds.toFixed(1)} s` : ''}</span>
      </div>
      ${loading
        ? html`<progress aria-label="Loading"></progress>`
        : html`<progress aria-label="Events replayed" max="1" .value=${share}></progress>`}
    </section>`;
  }

  private result() {
    if (this.status === 'failed') return html`<p class="bad result" role="alert">${this.error}</p>`;
    if (!this.report) return html`<p class="sr" role="status">${this.status === 'running' ? 'Replaying' : ''}</p>`;
    const { accesses, findings, frames_at_end: leaked, mode, threads, wall_s } = this.report;
    const fine = findings.length === 0 && leaked === 0;
    return html`<div role="status" id="result" class="result">
      <p class=${fine ? 'good' : 'bad'}>
        ${findings.length === 0 ? 'No finding' : `${findings.length} findings`},
        ${leaked === 0 ? 'no leaked frame' : `${leaked} leaked frames`}.
      </p>
      <p class="muted">
        ${mode === 'threads' ? `${threads} ${threads === 1 ? 'worker' : 'workers'}` : 'One thread'}, ${wall_s.toFixed(1)} s, kernel
        ${this.report.policy}, ${grouped(this.report.processes)} processes, ${grouped(this.report.objects_peak)} objects at most.
      </p>
      <p class="muted">
        The recorded machine took ${grouped(accesses)} page faults, and each is performed as an access here. One that finds its page mapped
        already takes no fault, so fewer are counted.
      </p>
      ${findings.slice(0, 12).map((one) => html`<p class="bad">${one.kind.replaceAll('-', ' ')}: ${one.detail}</p>`)}
    </div>`;
  }

  private numbers() {
    const { counts } = this;
    const rows: [string, number][] = [
      ['page faults', counts.faults],
      ['mapping only', counts.soft],
      ['zero pages', counts.zeroFill],
      ['copies', counts.cowCopy],
      ['renames', counts.cowRename],
      ['from files', counts.pager],
      ['collapses', counts.collapses],
      ['bypasses', counts.bypasses],
      ['pages moved up', counts.renamesInCollapse],
      ['longest chain', counts.maxChain],
      ['frames in use', counts.frames],
      ['objects', counts.objects],
      ['address spaces', counts.spaces],
      ['findings', counts.findings],
    ];
    return html`<dl aria-label="Counts">
      ${rows.map(([name, value]) => html`<div>
        <dt>${name}</dt>
        <dd class=${name === 'findings' && value > 0 ? 'bad' : ''}>${grouped(value)}</dd>
      </div>`)}
    </dl>`;
  }

  private async start(): Promise<void> {
    const replay = new Replay();
    let begun: number | null = null;
    const look = (): void => {
      this.counts = replay.counts ?? this.counts;
      // What is loaded first is no part of the replay.
      if (this.counts.eventsInAll > 0) begun ??= performance.now();
      this.seconds = begun === null ? 0 : (performance.now() - begun) / 1000;
      this.frame = requestAnimationFrame(look);
    };
    Object.assign(this, { replay, status: 'running', report: null, error: '', counts: noCounts });
    look();
    try {
      this.report = await replay.run(this.policy, this.workers);
      this.status = 'done';
    } catch (reason) {
      if (this.replay !== replay) return;
      this.error = sentence(problemOf(reason));
      this.status = 'failed';
    }
    this.counts = replay.counts ?? this.counts;
    this.finish(replay);
  }

  private finish(replay: Replay): void {
    cancelAnimationFrame(this.frame);
    replay.end();
    this.replay = null;
  }

  private stop(): void {
    const { replay } = this;
    if (!replay) return;
    this.finish(replay);
    this.status = 'idle';
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-threads': FlThreads;
  }
}
