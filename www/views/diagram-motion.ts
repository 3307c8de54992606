/** Plays what `core/motion.ts` found, with the Web Animations API. */

import type { Layout, Tile } from '../core/layout-types';
import { MS, type Move } from '../core/motion';
import type { Signal } from '../core/signals';
import { tileTransform } from './diagram-tiles';

const EASE = 'cubic-bezier(.2, .7, .3, 1)';
const at = (x: number, y: number): string => `translate(${x}px, ${y}px)`;

export class Motion {
  private running: Animation[] = [];
  private ghosts: Element[] = [];

  /** Everything jumps to its end: the next step has begun, or someone scrubs. */
  finish(): void {
    for (const animation of this.running) animation.cancel();
    for (const ghost of this.ghosts) ghost.remove();
    this.running = [];
    this.ghosts = [];
  }

  /** `old` are clones taken before the picture changed, of boxes that are gone from it. */
  play(svg: SVGElement, moves: readonly Move[], before: Layout, after: Layout, old: Map<string, Element>): void {
    const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const move of moves) {
      if (reduced) this.fade(svg, move);
      else this.move(svg, move, before, after, old);
    }
  }

  /** Locks and wakeups on their way; nothing of them stays in the picture. */
  send(svg: SVGElement, all: readonly Signal[]): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const { what, from, to } of all) {
      const dot = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
      dot.setAttribute('class', `signal ${what}`);
      dot.setAttribute('r', '6');
      this.slide(svg, dot, [at(from.x, from.y), at(to.x, to.y)], MS.signal, 0.4);
    }
  }

  private animate(element: Element | null, frames: Keyframe[], ms: number): Animation | null {
    if (!element) return null;
    const animation = element.animate(frames, { duration: ms, easing: EASE });
    this.running.push(animation);
    return animation;
  }

  private element(svg: SVGElement, move: Move): Element | null {
    switch (move.kind) {
      case 'copy':
        return svg.querySelector(`[data-frame="${move.to}"]`);
      case 'tile':
      case 'ring':
        return svg.querySelector(`[data-frame="${move.frame}"]`);
      case 'box':
        return svg.querySelector(`[data-key="${move.key}"]`);
      case 'column':
        return svg.querySelector(`.column[data-process="${move.process}"]`);
      case 'merge':
        return svg.querySelector(`[data-key="${move.into}"]`);
      case 'pte':
        return svg.querySelector(`[data-line="m${move.space}.${move.page}"]`);
      case 'line':
      case 'grow':
        return svg.querySelector(`[data-line="${move.key}"]`);
      case 'retract':
        return null;
    }
  }

  /** With reduced motion things cross-fade in place. */
  private fade(svg: SVGElement, move: Move): void {
    if (move.kind === 'line') return;
    this.animate(this.element(svg, move), [{ opacity: 0.2 }, { opacity: 1 }], 160);
  }

  private move(svg: SVGElement, move: Move, before: Layout, after: Layout, old: Map<string, Element>): void {
    const element = this.element(svg, move);
    switch (move.kind) {
      case 'copy':
        this.copy(svg, move, before, after);
        break;
      case 'tile': {
        const to = after.tiles.find((tile) => tile.frame === move.frame);
        if (to) this.animate(element, [{ transform: tileAt(to, move.dx, move.dy) }, { transform: tileAt(to) }], move.ms);
        break;
      }
      case 'box': {
        const to = after.boxes.find((box) => box.key === move.key);
        if (to) this.animate(element, [{ transform: at(to.x + move.dx, to.y + move.dy) }, { transform: at(to.x, to.y) }], move.ms);
        break;
      }
      case 'column':
        this.animate(element, [{ transform: at(move.dx, 0) }, { transform: 'none' }], move.ms);
        break;
      case 'merge':
        this.merge(svg, move, before, after, old);
        break;
      case 'ring':
        this.animate(element?.querySelector('.ring:not(.shared)') ?? null, RING, move.ms);
        break;
      case 'pte':
        this.animate(element, [{ strokeWidth: '6' }, { strokeWidth: '4' }, {}], move.ms * 2);
        break;
      case 'line':
        this.animate(element, move.path.map((d) => ({ d: `path("${d}")` })), move.ms);
        break;
      case 'grow':
        this.draw(element, true, move.ms);
        break;
      case 'retract':
        this.retract(svg, move, old);
        break;
    }
  }

  /** A line is drawn from its beginning, or taken back to it. */
  private draw(element: Element | null, grows: boolean, ms: number): Animation | null {
    const length = element instanceof SVGGeometryElement ? element.getTotalLength() : 0;
    const frames = [0, length].map((shown) => ({ strokeDasharray: `${shown} ${length + 1}` }));
    return this.animate(element, grows ? frames : frames.reverse(), ms);
  }

  private retract(svg: SVGElement, move: Extract<Move, { kind: 'retract' }>, old: Map<string, Element>): void {
    const ghost = old.get(move.key);
    if (!ghost) return;
    ghost.removeAttribute('data-line');
    ghost.setAttribute('d', move.d);
    this.leave(svg, ghost, () => this.draw(ghost, false, move.ms));
  }

  /** The contents slide from the source to the copy, which shows them when they have arrived. */
  private copy(svg: SVGElement, move: Extract<Move, { kind: 'copy' }>, before: Layout, after: Layout): void {
    const from = before.tiles.find((tile) => tile.frame === move.from);
    const to = after.tiles.find((tile) => tile.frame === move.to);
    const source = svg.querySelector(`[data-frame="${move.from}"]`);
    if (!from || !to || !source) return;
    const ghost = source.cloneNode(true) as SVGElement;
    ghost.removeAttribute('data-frame');
    ghost.querySelectorAll('.ring, .pill, .wrong').forEach((mark) => mark.remove());
    this.slide(svg, ghost, [tileAt(from), tileAt(to)], move.ms, 0.95);
    this.animate(svg.querySelector(`[data-frame="${move.to}"]`), [{ opacity: 0.15 }, { opacity: 0.15 }, { opacity: 1 }], move.ms);
  }

  private merge(svg: SVGElement, move: Extract<Move, { kind: 'merge' }>, before: Layout, after: Layout, old: Map<string, Element>): void {
    const from = before.boxes.find((box) => box.key === move.key);
    const to = after.boxes.find((box) => box.key === move.into);
    const ghost = old.get(String(move.key));
    if (!from || !to || !ghost) return;
    this.slide(svg, ghost, [at(from.x, from.y), at(to.x, to.y)], move.ms, 0);
  }

  private slide(svg: SVGElement, ghost: Element, path: [string, string], ms: number, end: number): void {
    this.leave(svg, ghost, () => this.animate(ghost, [{ transform: path[0], opacity: 1 }, { transform: path[1], opacity: end }], ms));
  }

  /** Something that is gone, or only on its way, is in the picture until its motion is over. */
  private leave(svg: SVGElement, ghost: Element, play: () => Animation | null): void {
    ghost.setAttribute('aria-hidden', 'true');
    for (const name of ['role', 'tabindex', 'aria-label', 'aria-pressed']) ghost.removeAttribute(name);
    (svg.querySelector('.world') ?? svg).append(ghost);
    this.ghosts.push(ghost);
    play()?.finished.then(
      () => ghost.remove(),
      () => ghost.remove(),
    );
  }
}

const tileAt = ({ x, y, zoom }: Tile, dx = 0, dy = 0): string => tileTransform(x + dx, y + dy, zoom);

const RING: Keyframe[] = [
  { strokeDasharray: '0 100' },
  { strokeDasharray: '100 0' },
];
