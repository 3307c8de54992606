/** A recording of real processes, replayed on all cores, with live counts. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { grouped, noCounts, type Counts, type Report } from '../core/counts';
import type { Player } from '../core/player';
import { problemOf, sentence } from '../core/problem';
import { Samples } from '../core/samples';
import { cores, isolated, Replay, type ReplayView } from '../drivers/replay';
import { base } from './base';
import './fl-charts';
import './fl-frames';
import './fl-histogram';
import './fl-lives';
import { focusHeading } from './element';

/** Bytes of the recording, where no host says it. */
const RECORDED = 1_315_364;
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

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
  /** What can be drawn of the replay. */
  @state() private view: ReplayView | null = null;
  @state() private samples = new Samples();
  @state() private sampled = 0;
  @state() private loaded = { bytes: 0, of: RECORDED };
  /** The process that is looked at in the tree. */
  @state() private process: number | null = null;
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
      ${this.progress()} ${this.result()} ${this.pictures()} ${this.numbers()}
      <fl-histogram .chains=${this.counts.chains}></fl-histogram>
    </main>`;
  }

  /** What the replay looks like: processes, memory, counts in time. */
  private pictures() {
    if (!this.view) return nothing;
    const live = this.status === 'running';
    return html`
      <fl-lives .view=${this.view} .events=${this.counts.eventsInAll} .live=${live} .chosen=${this.process} @fl-process=${this.onProcess}></fl-lives>
      <fl-frames .view=${this.view} .live=${live} @fl-process=${this.onShow}></fl-frames>
      <fl-charts .samples=${this.samples} .count=${this.sampled}></fl-charts>
    `;
  }

  private readonly onProcess = (event: CustomEvent<number>): void => {
    this.process = event.detail;
  };

  /** From a frame to its process: the tree comes into view with it. */
  private readonly onShow = (event: CustomEvent<number>): void => {
    this.process = event.detail;
    const tree = this.renderRoot.querySelector('fl-lives');
    void this.updateComplete.then(() => {
      tree?.scrollIntoView({ block: 'nearest' });
      tree?.renderRoot.querySelector<HTMLElement>('.tree')?.focus({ preventScroll: true });
    });
  };

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
        <span>${loading ? this.loading() : `${grouped(events)} of ${eventsInAll > 0 ? grouped(eventsInAll) : '–'} events`}</span>
        <span>${this.seconds > 0 && !this.report ? `${this.seconds.toFixed(1)} s` : ''}</span>
      </div>
      ${loading
        ? html`<progress aria-label="Loading" max="1" .value=${Math.min(1, this.loaded.bytes / this.loaded.of)}></progress>`
        : html`<progress aria-label="Events replayed" max="1" .value=${share}></progress>`}
    </section>`;
  }

  private loading(): string {
    const { bytes, of } = this.loaded;
    return bytes < of ? `Loading the recording (${megabytes(bytes)} of ${megabytes(of)} MB)…` : 'Starting the engine…';
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
      <p class="muted">${this.why(accesses)}</p>
      ${findings.slice(0, 12).map((one) => html`<p class="bad">${one.kind.replaceAll('-', ' ')}: ${one.detail}</p>`)}
    </div>`;
  }

  /** Why another number of faults is counted than was recorded. */
  private why(accesses: number): string {
    const { faults } = this.counts;
    const said = `The recorded machine took ${grouped(accesses)} page faults, and each is performed as an access here.`;
    const counted = `${grouped(faults)} faults are counted`;
    if (faults === accesses) return `${said} Each took one here too.`;
    if (faults > accesses) return `${said} ${counted}: ${grouped(faults - accesses)} more accesses faulted a second time than found their page mapped.`;
    return `${said} ${counted}, ${grouped(accesses - faults)} fewer: an access whose page is mapped already takes none, and FreeBSD maps pages around a fault ahead of need by rules of its own.`;
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
      this.view = replay.view ?? this.view;
      this.loaded = { bytes: replay.loaded.bytes, of: replay.loaded.of ?? RECORDED };
      // What is loaded first is no part of the replay.
      if (this.counts.eventsInAll > 0) begun ??= performance.now();
      this.seconds = begun === null ? 0 : (performance.now() - begun) / 1000;
      if (begun !== null && this.samples.take(this.seconds, this.counts)) this.sampled = this.samples.length;
      this.frame = requestAnimationFrame(look);
    };
    Object.assign(this, { replay, status: 'running', report: null, error: '', counts: noCounts, view: null, samples: new Samples(), sampled: 0, process: null });
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
    this.view = replay.view ?? this.view;
    this.samples.take(this.seconds, this.counts, true);
    this.sampled = this.samples.length + 1;
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
