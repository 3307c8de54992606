/** The processes of a recording as a tree in time: a row each, the darker the longer the chain of objects that it met. */

import { css as styles, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { grouped } from '../core/counts';
import { chainsOf, longest, rows, type Row } from '../core/lives';
import type { ReplayView } from '../drivers/replay';
import { base } from './base';
import { chainRamp, colourOf, css, pixel, type Colour } from './canvas-colours';

/** Height of the picture in pixels of the page, where the rows do not ask for less. */
const HEIGHT = 430;
const MOST_ROW = 14;
/** Milliseconds between two pictures of a replay that runs. */
const APART = 1000;

@customElement('fl-lives')
export class FlLives extends LitElement {
  static override styles = [
    base,
    styles`
      .tree {
        position: relative;
        border: 1px solid var(--line);
        border-radius: 8px;
        overflow: hidden;
        cursor: pointer;
        line-height: 0;
        touch-action: manipulation;
      }
      canvas {
        width: 100%;
        height: 100%;
        display: block;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 14px;
        font-size: 12.5px;
        color: var(--muted);
        margin-bottom: 8px;
      }
      .key i {
        display: inline-block;
        width: 11px;
        height: 11px;
        border-radius: 3px;
        vertical-align: -1px;
        margin-right: 5px;
      }
      .said {
        min-height: 40px;
        margin-top: 8px;
        font-size: 13px;
      }
    `,
  ];

  @property({ attribute: false }) view: ReplayView | null = null;
  /** Events of the recording. */
  @property({ type: Number }) events = 0;
  @property({ type: Boolean }) live = false;
  /** The process that is looked at, as an index. */
  @property({ attribute: false }) chosen: number | null = null;
  @state() private width = 0;
  @query('canvas') private canvas!: HTMLCanvasElement;
  private known: { lives: unknown; rows: Row[] } | null = null;
  private painted = 0;
  private turn = 0;
  private most = 1;
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private readonly observer = new ResizeObserver(([entry]) => (this.width = entry?.contentRect.width ?? 0));

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    this.dark.addEventListener('change', this.recolour);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.dark.removeEventListener('change', this.recolour);
    cancelAnimationFrame(this.turn);
    this.turn = 0;
  }

  private readonly recolour = (): void => this.requestUpdate();

  private get rows(): Row[] {
    const lives = this.view?.lives ?? [];
    if (this.known?.lives !== lives) this.known = { lives, rows: rows(lives) };
    return this.known.rows;
  }

  private get rowHeight(): number {
    return Math.min(MOST_ROW, HEIGHT / Math.max(1, this.rows.length));
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('view') && changed.get('view')?.lives !== this.view?.lives) this.chosen = null;
  }

  override render() {
    const all = this.rows;
    const at = all.findIndex((row) => row.process === this.chosen);
    return html`<section aria-labelledby="title">
      <h2 id="title">Processes over the recording${all.length > 0 ? `, ${grouped(all.length)}` : ''}</h2>
      <p class="key">${this.key()}</p>
      <div class="tree" role="slider" tabindex="0" aria-label="Process" aria-valuemin="0" aria-valuemax=${Math.max(0, all.length - 1)} aria-valuenow=${Math.max(0, at)}
        aria-valuetext=${this.said(all[at])} .style=${`height: ${Math.round(this.rowHeight * Math.max(1, all.length))}px`} @click=${this.onClick} @keydown=${this.onKey}>
        <canvas></canvas>
      </div>
      <p class="said">${at < 0 && all.length > 0 ? html`<span class="muted">From left to right the recorded events; below each process those that it forked. Choose one with a click or the arrow keys.</span>` : this.said(all[at])}</p>
    </section>`;
  }

  private key() {
    const ramp = this.isConnected && this.hasUpdated ? chainRamp(this, this.most) : [];
    const shown = [...new Set([1, 2, Math.ceil((this.most + 2) / 2), this.most])].filter((chain) => chain >= 1 && chain <= this.most);
    return ramp.length === 0 ? nothing : shown.map((chain) => html`<span><i .style=${`background: ${css(ramp[chain] ?? [0, 0, 0])}`}></i>${chain === 1 ? '1 object' : `a chain of ${chain}`}</span>`);
  }

  private said(row: Row | undefined): string {
    const { view } = this;
    if (!view || !row) return 'No process is chosen.';
    const { life, process, parent } = row;
    const by = parent === null ? 'the first process' : `forked by process ${this.rows[parent]?.life.number ?? '?'}`;
    const chain = longest(view.chains, process, view.bins);
    const met = chain === 0 ? 'it has met no object yet' : chain === 1 ? 'it met no chain, but single objects' : `the longest chain that it met has ${chain} objects`;
    return `Process ${life.number}${life.program === null ? '' : ` (${life.program})`}, ${by}: from event ${grouped(life.from + 1)} to ${grouped(life.to + 1)}; ${met}.`;
  }

  override updated(): void {
    if (this.live) {
      if (this.turn === 0) this.turn = requestAnimationFrame(this.onTurn);
    } else this.paint();
  }

  private readonly onTurn = (now: number): void => {
    this.turn = 0;
    if (now - this.painted >= APART) {
      this.painted = now;
      this.paint();
    }
    if (this.live) this.turn = requestAnimationFrame(this.onTurn);
  };

  /** A pixel for each stretch of each life, stretched to the size of the page; then the lines from parents to children. */
  private readonly paint = (): void => {
    const { view, canvas, width, rows: all } = this;
    if (!view || !canvas || width === 0 || all.length === 0) return;
    const height = Math.round(this.rowHeight * all.length);
    const ratio = Math.max(1, devicePixelRatio);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    let most = 1;
    for (const chain of view.chains) if (chain > most) most = chain;
    if (most !== this.most) {
      this.most = most;
      this.requestUpdate();
    }
    const context = canvas.getContext('2d');
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.stretches(view, chainRamp(this, most)), 0, 0, width, height);
    this.lines(context, width);
  };

  private stretches({ chains, bins }: ReplayView, ramp: Colour[]): OffscreenCanvas {
    const all = this.rows;
    const small = new OffscreenCanvas(bins, all.length);
    const context = small.getContext('2d');
    const image = new ImageData(bins, all.length);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = ramp.map(pixel);
    for (let nth = 0; nth < all.length; nth++) {
      const row = all[nth];
      if (!row) continue;
      const met = chainsOf(chains, row.process, bins, row.life, this.events);
      for (let bin = 0; bin < bins; bin++) {
        const chain = met[bin] ?? 0;
        if (chain > 0) pixels[nth * bins + bin] = colours[chain] ?? 0;
      }
    }
    context?.putImageData(image, 0, 0);
    return small;
  }

  private lines(context: CanvasRenderingContext2D, width: number): void {
    const { rowHeight: h, rows: all, events } = this;
    const style = getComputedStyle(this);
    const x = (event: number): number => (event / Math.max(1, events)) * width;
    context.lineWidth = 0.6;
    context.strokeStyle = style.getPropertyValue('color');
    context.globalAlpha = 0.35;
    context.beginPath();
    all.forEach(({ life, parent }, nth) => {
      if (parent === null) return;
      context.moveTo(x(life.from), (parent + 0.5) * h);
      context.lineTo(x(life.from), (nth + 0.5) * h);
    });
    context.stroke();
    context.globalAlpha = 1;
    const at = all.findIndex((row) => row.process === this.chosen);
    const row = all[at];
    if (!row) return;
    context.strokeStyle = css(colourOf(this, '--accent'));
    context.lineWidth = 2;
    const from = Math.max(1, x(row.life.from) - 3);
    context.strokeRect(from, Math.max(1, at * h - 3), Math.max(8, Math.min(width - 1, x(row.life.to) + 3) - from), h + 6);
  }

  private choose(nth: number): void {
    const all = this.rows;
    const row = all[Math.max(0, Math.min(all.length - 1, nth))];
    if (row) this.dispatchEvent(new CustomEvent('fl-process', { detail: row.process }));
  }

  private readonly onClick = (event: MouseEvent): void => {
    const { top } = this.canvas.getBoundingClientRect();
    const [line, x] = [Math.floor((event.clientY - top) / this.rowHeight), event.clientX - this.canvas.getBoundingClientRect().left];
    const at = (x / this.width) * this.events;
    // Rows are thin: of those near by, the one that lives where the pointer is.
    const near = [0, -1, 1, -2, 2].map((by) => line + by).find((nth) => ((row) => row && row.life.from <= at && at <= row.life.to)(this.rows[nth]));
    this.choose(near ?? line);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const all = this.rows;
    if (all.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = all.findIndex((row) => row.process === this.chosen);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: all[at]?.parent ?? at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(to);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-lives': FlLives;
  }
}
