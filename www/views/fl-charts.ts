/** What a replay was at over time, as charts with one pointer. */

import { css, html, LitElement, unsafeCSS } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import uPlot from 'uplot';
import sheet from 'uplot/dist/uPlot.min.css?inline';
import { grouped } from '../core/counts';
import { SERIES, type Samples } from '../core/samples';
import { base } from './base';
import { colourOf, css as colour } from './canvas-colours';

const HEIGHT = 132;

@customElement('fl-charts')
export class FlCharts extends LitElement {
  static override styles = [
    base,
    unsafeCSS(sheet),
    css`
      .all {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr));
        gap: 10px 18px;
      }
      figure {
        margin: 0;
        min-width: 0;
      }
      figcaption {
        font-size: 12.5px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .plot {
        height: ${HEIGHT}px;
      }
    `,
  ];

  @property({ attribute: false }) samples!: Samples;
  /** How many samples there are: a change of it draws them. */
  @property({ type: Number }) count = 0;
  private plots: uPlot[] = [];
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private readonly observer = new ResizeObserver(() => this.resize());

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    this.dark.addEventListener('change', this.anew);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.dark.removeEventListener('change', this.anew);
    this.clear();
  }

  private clear(): void {
    for (const plot of this.plots) plot.destroy();
    this.plots = [];
  }

  private readonly anew = (): void => {
    this.clear();
    this.requestUpdate();
  };

  private get places(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.plot')];
  }

  private resize(): void {
    this.places.forEach((place, nth) => this.plots[nth]?.setSize({ width: place.clientWidth, height: HEIGHT }));
  }

  override render() {
    return html`<section aria-labelledby="title">
      <h2 id="title">Over the time of the replay, in seconds</h2>
      <div class="all">${SERIES.map(({ name }, nth) => {
        const [seconds, values] = this.samples.column(nth);
        const said = `${name}: ${grouped(values.at(-1) ?? 0)}, at most ${grouped(this.samples.peak(nth))}`;
        return html`<figure><figcaption>${said}</figcaption><div class="plot" role="img" aria-label=${`${said}, after ${(seconds.at(-1) ?? 0).toFixed(1)} s`}></div></figure>`;
      })}</div>
    </section>`;
  }

  override updated(): void {
    if (this.plots.length === 0 && this.samples.length > 0) this.plots = this.places.map((place) => this.plot(place));
    this.plots.forEach((plot, nth) => plot.setData(this.samples.column(nth)));
  }

  private plot(place: HTMLElement): uPlot {
    const [ink, hair, accent] = ['--muted', '--hair', '--accent'].map((one) => colour(colourOf(this, one)));
    const axis = { stroke: ink ?? '', grid: { stroke: hair ?? '', width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    return new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { sync: { key: 'replay' }, points: { show: true }, drag: { x: false, y: false } },
        scales: { x: { time: false }, y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.05)] } },
        axes: [{ ...axis, size: 22 }, { ...axis, size: 58, values: (_plot, values) => values.map((one) => grouped(one)) }],
        series: [{}, { stroke: accent ?? '', width: 1.6, points: { show: false } }],
      },
      [[], []],
      place,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-charts': FlCharts;
  }
}
