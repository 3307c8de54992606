/** Physical memory as a picture: a point for each frame, the darker the more accesses were served with it. */

import { css as styles, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { grouped } from '../core/counts';
import { FRAME_WORDS, frameFact, nextUsed, paint, rowLength, SHADES, type Colours } from '../core/frames';
import type { ReplayView } from '../drivers/replay';
import { base } from './base';
import { between, colourOf, css, pixel } from './canvas-colours';

/** Milliseconds of a frame of the screen that painting may take, and frames painted between two looks at the clock. */
const BUDGET = 4;
const PIECE = 16_384;

@customElement('fl-frames')
export class FlFrames extends LitElement {
  static override styles = [
    base,
    styles`
      .map {
        position: relative;
        border: 1px solid var(--line);
        border-radius: 8px;
        overflow: hidden;
        cursor: crosshair;
        line-height: 0;
        touch-action: manipulation;
      }
      canvas {
        width: 100%;
        image-rendering: pixelated;
      }
      .here {
        position: absolute;
        width: 11px;
        height: 11px;
        margin: -6px 0 0 -6px;
        border: 2px solid var(--accent);
        border-radius: 50%;
        pointer-events: none;
      }
      .said {
        min-height: 62px;
        margin-top: 8px;
        font-size: 13px;
        display: flex;
        flex-wrap: wrap;
        align-items: start;
        gap: 8px 14px;
      }
      .said p {
        flex: 1 1 320px;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
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
        border: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) view: ReplayView | null = null;
  /** The words change while a replay runs, without anybody saying so. */
  @property({ type: Boolean }) live = false;
  @state() private chosen: number | null = null;
  /** The object whose frames stand out. */
  @state() private object: number | null = null;
  @query('canvas') private canvas!: HTMLCanvasElement;
  private image: ImageData | null = null;
  private colours: Colours | null = null;
  private next = 0;
  private wanted = 0;
  private turn = 0;
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');

  override connectedCallback(): void {
    super.connectedCallback();
    this.dark.addEventListener('change', this.recolour);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dark.removeEventListener('change', this.recolour);
    cancelAnimationFrame(this.turn);
    this.turn = 0;
  }

  private readonly recolour = (): void => {
    this.colours = null;
    this.paintAll();
  };

  private get count(): number {
    return (this.view?.frames.length ?? 0) / FRAME_WORDS;
  }

  private get row(): number {
    return rowLength(this.count);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('view');
    if (changed.has('view') && before?.lives !== this.view?.lives) this.chosen = this.object = null;
  }

  override render() {
    const { view, chosen, row } = this;
    const rows = Math.max(1, Math.ceil(this.count / row));
    const place = chosen === null ? nothing : html`<span class="here" .style=${`left: ${((chosen % row) + 0.5) * (100 / row)}%; top: ${(Math.floor(chosen / row) + 0.5) * (100 / rows)}%`}></span>`;
    return html`<section aria-labelledby="title">
      <h2 id="title">Physical memory, ${view ? `${grouped(this.count)} frames` : 'frame by frame'}</h2>
      <p class="key">
        <span><i class="used"></i>in use: the more accesses, the stronger</span><span><i class="freed"></i>was in use, and is free</span>
        <span><i class="never"></i>never used</span>${this.object === null ? nothing : html`<span><i class="object"></i>object ${grouped(this.object)}</span>`}
      </p>
      <div class="map" role="slider" tabindex="0" aria-label="Frame of physical memory" aria-valuemin="0" aria-valuemax=${Math.max(0, this.count - 1)}
        aria-valuenow=${chosen ?? 0} aria-valuetext=${this.said()} @click=${this.onClick} @keydown=${this.onKey}>
        <canvas width=${row} height=${rows}></canvas>${place}
      </div>
      <div class="said"><p>${chosen === null && view ? html`<span class="muted">Choose a frame with a click or the arrow keys.</span>` : this.said()}</p>${this.ways()}</div>
    </section>`;
  }

  /** What is known of the chosen frame, in a sentence. */
  private said(): string {
    const { view, chosen } = this;
    if (!view || chosen === null) return 'No frame is chosen.';
    const fact = frameFact(view.frames, chosen);
    if (!fact) return `Frame ${grouped(chosen)}: nothing was ever served with it.`;
    const life = view.lives[fact.process];
    const who = life ? `process ${life.number}${life.program === null ? '' : ` (${life.program})`}` : 'a process';
    const chain = fact.chain === 1 ? 'the only object of its chain' : `in a chain of ${fact.chain} objects`;
    return `Frame ${grouped(chosen)}, ${fact.inUse ? 'in use' : 'free again'}: ${grouped(fact.accesses)} ${fact.accesses === 1 ? 'access was' : 'accesses were'} served with it, the last for ${who}, as page ${grouped(fact.index)} of object ${grouped(fact.object)}, ${chain}.`;
  }

  private ways() {
    const { view, chosen } = this;
    const fact = view && chosen !== null ? frameFact(view.frames, chosen) : null;
    if (!fact) return nothing;
    const on = this.object === fact.object;
    return html`<span>
      <button @click=${() => this.dispatchEvent(new CustomEvent('fl-process', { detail: fact.process }))}>Show the process</button>
      <button aria-pressed=${on ? 'true' : 'false'} @click=${() => (this.object = on ? null : fact.object)}>Frames of the object</button>
    </span>`;
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('view') || changed.has('object') || changed.has('live')) this.paintAll();
  }

  private paintAll(): void {
    // Twice over: what was painted before the words changed is painted again.
    this.wanted = this.next + this.count;
    if (this.turn === 0 && this.view) this.turn = requestAnimationFrame(this.onTurn);
  }

  private palette(): Colours {
    const [bg, ink, accent, edge, object] = ['--bg', '--ink', '--accent', '--s-edge', '--t4'].map((name) => colourOf(this, name)) as [never, never, never, never, never];
    const half = SHADES / 2;
    // Faint, its own colour, then ink.
    const ramp = (own: never): Uint32Array => Uint32Array.from({ length: SHADES }, (_, nth) => pixel(nth < half ? between(bg, own, 0.2 + (0.8 * nth) / half) : between(own, ink, (nth - half) / half)));
    const sample = (name: string, colour: string): void => this.renderRoot.querySelector<HTMLElement>(`.key .${name}`)?.style.setProperty('background', colour);
    sample('used', css(accent));
    sample('freed', css(edge));
    sample('never', css(bg));
    sample('object', css(object));
    return { used: ramp(accent), freed: ramp(edge), never: pixel(bg), object: pixel(object) };
  }

  /** As much as the budget allows; the rest in the next frame of the screen. */
  private readonly onTurn = (): void => {
    this.turn = 0;
    const { view, row, count, canvas } = this;
    const context = canvas?.getContext('2d');
    if (!view || !context || count === 0) return;
    if (this.image?.width !== canvas.width || this.image.height !== canvas.height) this.image = context.createImageData(canvas.width, canvas.height);
    this.colours ??= this.palette();
    this.renderRoot.querySelector<HTMLElement>('.key .object')?.style.setProperty('background', 'var(--t4)');
    const pixels = new Uint32Array(this.image.data.buffer);
    const begun = performance.now();
    do {
      const from = this.next % count;
      const to = Math.min(count, from + PIECE);
      paint(pixels, view.frames, this.colours, { from, to }, this.object);
      context.putImageData(this.image, 0, 0, 0, Math.floor(from / row), row, Math.ceil((to - from) / row) + 1);
      this.next += to - from;
    } while (this.next < this.wanted && performance.now() - begun < BUDGET);
    if (this.live) this.wanted = this.next + count;
    if (this.next < this.wanted) this.turn = requestAnimationFrame(this.onTurn);
    if (this.live && this.chosen !== null) this.requestUpdate();
  };

  private choose(frame: number): void {
    this.chosen = Math.max(0, Math.min(this.count - 1, frame));
  }

  private readonly onClick = (event: MouseEvent): void => {
    const { view, row, canvas } = this;
    if (!view) return;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [column, line] = [Math.floor(((event.clientX - left) / width) * canvas.width), Math.floor(((event.clientY - top) / height) * canvas.height)];
    const frame = line * row + column;
    // On a small screen a point is smaller than a finger: the used frame next to it is meant.
    const near = frameFact(view.frames, frame) ? frame : [-1, 1, -row, row].map((by) => frame + by).find((one) => one >= 0 && frameFact(view.frames, one));
    this.choose(near ?? frame);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const { view, chosen, row, count } = this;
    if (!view || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = chosen ?? -1;
    const to = {
      ArrowRight: () => nextUsed(view.frames, at, 1),
      ArrowLeft: () => nextUsed(view.frames, Math.max(0, at), -1),
      ArrowDown: () => Math.max(0, at) + row,
      ArrowUp: () => Math.max(0, at) - row,
      Home: () => nextUsed(view.frames, -1, 1),
      End: () => nextUsed(view.frames, count, -1),
    }[event.key];
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(to());
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-frames': FlFrames;
  }
}
