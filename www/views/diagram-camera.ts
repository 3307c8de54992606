/** How the reader moves the picture: wheel, pinch, drag, buttons and keys. */

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { clamped, following, windowOf, zoomed, type Fitted } from '../core/fit';
import type { Camera, Rect, Window } from '../core/layout-types';

/** What one press of a button or a key does. */
const STEP = 1.25;
/** A press that moves less is a click. */
const SLACK = 5;

interface Spot {
  x: number;
  y: number;
}

export class CameraController implements ReactiveController {
  /** Where the reader has put it, or where it has followed to; none where the whole picture is seen. */
  private held: Camera | null = null;
  private fitted: Fitted | null = null;
  private size = { w: 0, h: 0 };
  /** The moment that was followed last: what the reader looks at in it is left to the reader. */
  private followed: unknown = null;
  private readonly pressed = new Map<number, Spot>();
  private dragging = false;

  constructor(private readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    const { host } = this;
    host.addEventListener('wheel', this.onWheel, { passive: false });
    host.addEventListener('touchmove', this.onTouch, { passive: false });
    host.addEventListener('pointerdown', this.onDown);
    host.addEventListener('pointermove', this.onMove);
    host.addEventListener('pointerup', this.onUp);
    host.addEventListener('pointercancel', this.onUp);
    host.addEventListener('click', this.onClick, { capture: true });
  }

  hostDisconnected(): void {
    const { host } = this;
    host.removeEventListener('wheel', this.onWheel);
    host.removeEventListener('touchmove', this.onTouch);
    host.removeEventListener('pointerdown', this.onDown);
    host.removeEventListener('pointermove', this.onMove);
    host.removeEventListener('pointerup', this.onUp);
    host.removeEventListener('pointercancel', this.onUp);
    host.removeEventListener('click', this.onClick, { capture: true });
  }

  /** Some of the picture may be out of sight. */
  get isPartial(): boolean {
    return this.held !== null || this.fitted?.whole === false;
  }

  /** Takes the picture in; `moment` names the position, and `focus` is what acts in it. */
  take(fitted: Fitted, w: number, h: number, moment: unknown, focus: Rect | null): void {
    this.fitted = fitted;
    this.size = { w, h };
    if (!this.isPartial) return;
    const camera = this.held ?? { x: 0, y: 0, scale: fitted.scale };
    const follows = moment !== this.followed && focus !== null;
    this.followed = moment;
    // The tray covers the lower part of what is seen.
    const below = (fitted.at.height - fitted.at.tray.y) * fitted.scale;
    this.held = clamped(follows ? following(camera, focus, w, Math.max(h / 2, h - below)) : camera, fitted.at, w, h);
  }

  get camera(): Camera {
    return this.held ?? { x: 0, y: 0, scale: this.fitted?.scale ?? 1 };
  }

  /** What is seen, if that is not the whole picture. */
  get window(): Window | null {
    const { held, fitted, size } = this;
    return held && fitted ? windowOf(held, fitted, size.w, size.h) : null;
  }

  /** The whole picture again. */
  readonly fit = (): void => {
    this.held = null;
    this.followed = null;
    this.host.requestUpdate();
  };

  readonly zoomIn = (): void => this.zoom(STEP, this.size.w / 2, this.size.h / 2);
  readonly zoomOut = (): void => this.zoom(1 / STEP, this.size.w / 2, this.size.h / 2);

  /** Brings something into view, if it is not there. */
  reveal(what: Rect): void {
    if (!this.held) return;
    this.set(following(this.held, what, this.size.w, this.size.h));
  }

  private zoom(factor: number, x: number, y: number): void {
    this.set(zoomed(this.camera, factor, x, y));
  }

  private pan(dx: number, dy: number): void {
    const { x, y, scale } = this.camera;
    this.set({ x: x - dx / scale, y: y - dy / scale, scale });
  }

  private set(camera: Camera): void {
    const { fitted, size } = this;
    if (!fitted) return;
    // Zoomed out to where all of it is seen, it is fitted again.
    const isWhole = fitted.whole && camera.scale <= fitted.scale * 1.01;
    this.held = isWhole ? null : clamped(camera, fitted.at, size.w, size.h);
    this.host.requestUpdate();
  }

  private place(event: MouseEvent): Spot {
    const { left, top } = this.host.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private readonly onWheel = (event: WheelEvent): void => {
    const { x, y } = this.place(event);
    if (event.ctrlKey || event.metaKey) this.zoom(Math.exp(-event.deltaY / 240), x, y);
    else if (this.isPartial) this.pan(-event.deltaX, -event.deltaY);
    else return;
    event.preventDefault();
  };

  /** Two fingers zoom the picture, not the page. */
  private readonly onTouch = (event: TouchEvent): void => {
    if (event.touches.length > 1) event.preventDefault();
  };

  private readonly onDown = (event: PointerEvent): void => {
    this.dragging = false;
    if (event.button === 0) this.pressed.set(event.pointerId, this.place(event));
  };

  private readonly onMove = (event: PointerEvent): void => {
    const before = this.pressed.get(event.pointerId);
    if (!before) return;
    const now = this.place(event);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    if (!this.dragging && Math.hypot(dx, dy) < SLACK) return;
    const other = [...this.pressed].find(([id]) => id !== event.pointerId)?.[1];
    if (!other && !this.isPartial) return;
    if (!this.dragging) this.host.setPointerCapture(event.pointerId);
    this.dragging = true;
    this.pressed.set(event.pointerId, now);
    if (!other) return this.pan(dx, dy);
    const apart = (spot: Spot): number => Math.max(1, Math.hypot(spot.x - other.x, spot.y - other.y));
    this.zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
  };

  private readonly onUp = (event: PointerEvent): void => {
    this.pressed.delete(event.pointerId);
  };

  /** What was dragged is not clicked. */
  private readonly onClick = (event: Event): void => {
    if (this.dragging) event.stopPropagation();
    this.dragging = false;
  };
}
