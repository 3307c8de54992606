/** What can be kept of a run as a file: the picture, the run as a film, as a trace, as a schedule. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { directives, scheduleText } from '../core/directives';
import { fileName } from '../core/file-name';
import { base } from './base';
import { dialogStyles } from './dialog-css';
import type { Model } from './model';
import { Observe } from './observe';
import type { Size } from './picture';
import type { Theme } from './still-css';

// What draws files comes when one is asked for.
const drawing = (): Promise<typeof import('./picture')> => import('./picture');
const filming = (): Promise<typeof import('./film')> => import('./film');

interface Way {
  name: string;
  text: string;
  /** Why it is not possible with this run. */
  refused?: string | null;
  make(): Promise<{ content: BlobPart; type: string; what: string; ending: string }>;
}

@customElement('fl-save')
export class FlSave extends LitElement {
  static override styles = [
    base,
    dialogStyles,
    css`
      [aria-haspopup] {
        width: 100%;
        padding-inline: var(--pad, 11px);
      }
      dialog {
        width: 460px;
      }
      ul {
        list-style: none;
        margin: 12px 0 0;
        padding: 0;
        display: grid;
        gap: 8px;
      }
      li button {
        width: 100%;
        text-align: left;
        padding: 9px 12px;
        white-space: normal;
      }
      li b {
        display: block;
      }
      li span {
        font-size: 13px;
        color: var(--muted);
      }
      .foot {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        margin-top: 14px;
        min-height: 34px;
      }
      .foot button {
        flex: none;
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-top: 10px;
        font-size: 13px;
      }
    `,
  ];

  @property({ attribute: false }) model!: Model;
  /** How large the picture is on the page. */
  @property({ attribute: false }) canvas: () => Size = () => ({ w: 960, h: 620 });
  @state() private theme: Theme = 'both';
  @state() private said = '';
  @state() private bad = false;
  @state() private busy = false;
  /** Frames that a film of the run would have, and the most that one can have. */
  @state() private frames = { count: 0, most: Infinity };
  @query('dialog') private dialog!: HTMLDialogElement;

  constructor() {
    super();
    new Observe(this, () => this.model);
  }

  show(): void {
    this.model.player.pause();
    [this.said, this.bad] = ['', false];
    this.dialog.showModal();
    void filming().then(({ frameCount, MOST_FRAMES }) => (this.frames = { count: frameCount(this.model.player), most: MOST_FRAMES }));
  }

  private get ways(): Way[] {
    const { model, theme } = this;
    const { player } = model;
    const { scenario, policy, setup, steps, names, position } = player;
    const step = `step-${position}`;
    const byHand = steps.some((one) => names.task(one.task).endsWith('+'));
    const { count, most } = this.frames;
    return [
      {
        name: 'This picture (SVG)',
        text: `Step ${position}, sharp at any size; it opens in any browser.`,
        make: async () => ({ content: (await drawing()).picture(model, this.canvas(), theme).svg, type: 'image/svg+xml', what: step, ending: 'svg' }),
      },
      {
        name: 'This picture (PNG)',
        text: `Step ${position}, in pixels, with the colours of ${this.pixelTheme === 'dark' ? 'the dark theme' : 'the light theme'}.`,
        make: async () => {
          const { picture, pixels } = await drawing();
          return { content: await pixels(picture(model, this.canvas(), this.pixelTheme)), type: 'image/png', what: step, ending: 'png' };
        },
      },
      {
        name: 'The run as a film (animated SVG)',
        text: `${count} beats, one after the other; it plays in any browser and in an image on any page.`,
        refused: count > most ? `The run has ${count} beats, and a film can have ${most}.` : steps.length === 0 ? 'Nothing has happened yet.' : null,
        make: async () => ({
          content: await (await filming()).film(model, this.canvas(), theme, (at, of) => (this.said = `Drawing beat ${at} of ${of}…`)),
          type: 'image/svg+xml',
          what: 'run',
          ending: 'svg',
        }),
      },
      {
        name: 'The run as a trace (JSON)',
        text: 'Tasks, operations, waits and wakeups in time, for Perfetto or chrome://tracing.',
        make: async () => {
          const { trace } = await import('../core/trace-export');
          return { content: JSON.stringify(trace({ scenario, policy, setup, steps, names })), type: 'application/json', what: 'run', ending: 'trace.json' };
        },
      },
      {
        name: 'The schedule (text)',
        text: 'Who runs until where: a section to put into the scenario.',
        refused: byHand ? 'Operations by hand are in no scenario, so no schedule can name them.' : steps.length === 0 ? 'Nothing has happened yet.' : null,
        make: () => Promise.resolve({ content: scheduleText(directives(steps, names)), type: 'text/plain', what: 'schedule', ending: 'txt' }),
      },
    ];
  }

  /** Pixels have one theme: the chosen one, or the one that the page is shown in. */
  private get pixelTheme(): Theme {
    if (this.theme !== 'both') return this.theme;
    return getComputedStyle(this).colorScheme === 'dark' || (getComputedStyle(this).colorScheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches) ? 'dark' : 'light';
  }

  override render() {
    const themes: [Theme, string][] = [['both', 'As the reader has it'], ['light', 'Light'], ['dark', 'Dark']];
    return html`<button aria-haspopup="dialog" @click=${() => this.show()}>Save…</button>
      <dialog aria-labelledby="title">
        <h1 id="title" tabindex="-1" autofocus>Save</h1>
        <label>Colours of pictures
          <select @change=${(event: Event) => (this.theme = (event.target as HTMLSelectElement).value as Theme)}>
            ${themes.map(([value, text]) => html`<option value=${value} .selected=${value === this.theme}>${text}</option>`)}
          </select>
        </label>
        <ul>${this.ways.map((way) => html`<li>
          <button ?disabled=${this.busy || Boolean(way.refused)} @click=${() => void this.save(way)}><b>${way.name}</b><span>${way.refused ?? way.text}</span></button>
        </li>`)}</ul>
        <form class="foot" method="dialog">
          <span role="status" class=${this.bad ? 'bad' : 'muted'}>${this.said || nothing}</span>
          <button>Close</button>
        </form>
      </dialog>`;
  }

  private async save(way: Way): Promise<void> {
    [this.busy, this.bad] = [true, false];
    try {
      const { content, type, what, ending } = await way.make();
      const name = fileName(this.model.player, what, ending);
      download(new Blob([content], { type }), name);
      this.said = `Saved ${name}`;
    } catch (reason) {
      [this.said, this.bad] = [`That did not work: ${reason instanceof Error ? reason.message : String(reason)}`, true];
    } finally {
      this.busy = false;
    }
  }
}

function download(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken it over by the time the next task runs.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

declare global {
  interface HTMLElementTagNameMap {
    'fl-save': FlSave;
  }
}
