import { css } from 'lit';

export const diagramStyles = css`
  :host {
    position: relative;
    overflow: hidden;
    /* A finger scrolls the page as long as there is nothing in the picture to be scrolled to. */
    touch-action: pan-x pan-y;
  }
  :host([partial]) {
    touch-action: none;
    cursor: grab;
  }
  .zoom {
    position: absolute;
    top: 4px;
    right: 6px;
    display: flex;
    opacity: 0;
    transition: opacity 120ms;
  }
  :host(:hover) .zoom,
  .zoom:focus-within,
  :host([partial]) .zoom {
    opacity: 1;
  }
  .zoom button {
    border-color: transparent;
    background: var(--bg);
    min-width: 32px;
    padding: 2px 6px;
  }
  @media (pointer: coarse), (max-width: 760px) {
    .zoom button {
      min-width: 44px;
      min-height: 44px;
    }
    :host(:not([partial])) .zoom {
      display: none;
    }
  }
  svg {
    display: block;
  }
  text {
    font-family: var(--sans);
    fill: var(--ink);
    user-select: none;
  }
  .title {
    font-size: 13.5px;
    font-weight: 650;
  }
  .caption {
    font-size: 11.5px;
    font-weight: 400;
    fill: var(--caption);
  }
  .region {
    font-size: 11px;
    fill: var(--muted);
  }
  .gone {
    opacity: 0.6;
  }
  /* What an address that is looked at has nothing to do with. */
  .signal {
    fill: var(--ink);
    pointer-events: none;
  }
  .signal.wakeup {
    fill: var(--accent);
  }
  .line.back {
    opacity: 0.15;
  }
  .looking .object-box.back,
  .looking .tile.back,
  .looking .column.back {
    opacity: 0.45;
  }
  .looking .line:not(.back):not(.wrong) {
    stroke-width: 2.6;
  }
  path.ground {
    stroke: var(--line);
  }
  .bracket {
    stroke: var(--s-edge);
    stroke-width: 1.6;
    fill: none;
  }
  .cell {
    cursor: pointer;
    outline: none;
  }
  .cell .hit {
    fill: transparent;
  }
  .cell .box {
    fill: var(--surface);
    stroke-width: 1.6;
  }
  .cell.unmapped .box {
    fill: none;
    stroke-dasharray: 3 3;
    stroke-width: 1;
  }
  .cell.writable .box {
    stroke-width: 2.6;
  }
  .cell text {
    font: 11px var(--mono);
  }
  .cell.unmapped text {
    fill: var(--muted);
  }
  .cell.wrong .box {
    fill: var(--danger-soft);
    stroke-width: 2.6;
    stroke-dasharray: none;
  }
  .cell.selected .hit,
  .cell:focus-visible .hit {
    stroke: var(--accent);
    stroke-width: 1.5;
    rx: 9px;
  }
  .cell:focus-visible .hit {
    stroke-width: 3;
  }
  .pick,
  .tile {
    cursor: pointer;
    outline: none;
  }
  .pick .hit {
    fill: transparent;
  }
  .tile .hit {
    fill: none;
  }
  :is(.pick, .tile):is(.selected, :focus-visible) .hit {
    stroke: var(--accent);
    stroke-width: 2;
  }
  :is(.pick, .tile):focus-visible .hit {
    stroke-width: 3.5;
  }
  .object-box .body {
    stroke: var(--s-edge);
    filter: url(#shadow);
  }
  .d0 .body {
    fill: var(--s0);
  }
  .d1 .body {
    fill: var(--s1);
  }
  .d2 .body {
    fill: var(--s2);
  }
  .slot {
    fill: none;
    stroke: var(--s-edge);
    stroke-opacity: 0.7;
    stroke-dasharray: 3 3;
  }
  .object-box.ghost .body {
    fill-opacity: 0.3;
    stroke-dasharray: 5 5;
    filter: none;
  }
  .tile .ground {
    fill: var(--surface);
  }
  .tile .name {
    font: 10.5px var(--mono);
    fill: var(--on-tok);
  }
  .tile .value {
    font-size: 15px;
    font-weight: 650;
    fill: var(--on-tok);
  }
  .tile.plain .name,
  .tile.plain .value {
    fill: var(--ink);
  }
  .tile.free .ground {
    fill: var(--bg);
  }
  .plate {
    fill: var(--s0);
    fill-opacity: 0.85;
  }
  .dirty {
    fill: var(--on-tok);
  }
  .tile.plain .dirty {
    fill: var(--ink);
  }
  .ring {
    fill: none;
    stroke: var(--busy);
    stroke-width: 3.2;
  }
  .ring.shared {
    stroke-dasharray: 3 1.6;
  }
  rect.wrong {
    fill: none;
    stroke: var(--danger);
    stroke-width: 3;
  }
  .crack {
    fill: none;
    stroke: var(--danger);
    stroke-width: 2.2;
  }
  .callout text {
    fill: var(--danger-ink);
  }
  .pill text {
    font-size: 10.5px;
    font-weight: 600;
  }
  .pill.holder rect {
    fill: var(--busy);
  }
  .pill.holder text {
    fill: var(--busy-ink);
  }
  .pill.locker rect {
    fill: var(--ink);
  }
  .pill.locker text {
    fill: var(--surface);
  }
  .pill.waiter rect {
    fill: var(--surface);
    stroke: var(--ink);
    stroke-dasharray: 2.5 2;
  }
  .line {
    fill: none;
    stroke-width: 1.5;
  }
  .line.map {
    stroke-opacity: 0.85;
  }
  .line.map.writable {
    stroke-width: 2.2;
  }
  .line.map.wrong {
    stroke-width: 2.8;
    stroke-opacity: 1;
    stroke-dasharray: 9 5;
  }
  .line.cut {
    stroke-dasharray: 3 5;
  }
  .zig {
    fill: none;
    stroke: var(--ink);
    stroke-width: 1.8;
  }
  .line.tlb {
    stroke-width: 1;
    stroke-opacity: 0.75;
    stroke-dasharray: 2 3;
  }
  .reach {
    fill: none;
    stroke: transparent;
    stroke-width: 9;
    pointer-events: stroke;
    cursor: pointer;
  }
  .leg {
    fill: none;
    stroke: var(--accent);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .knot {
    fill: var(--accent);
  }
  .trail {
    pointer-events: none;
  }
  .trail.faint {
    opacity: 0.45;
  }
  .answer rect {
    fill: var(--surface);
    stroke: var(--accent);
    stroke-width: 1.4;
  }
  .answer text {
    font-size: 10.5px;
    font-weight: 600;
  }
  .answer.yes rect,
  .pill.probe rect {
    fill: var(--accent);
  }
  .answer.yes text,
  .pill.probe text {
    fill: var(--accent-ink);
  }
  .traybox {
    fill: var(--bg);
    stroke: var(--line);
  }
`;
