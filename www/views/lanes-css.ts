import { css } from 'lit';

export const lanesStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    overflow: hidden;
    touch-action: pan-y;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
  }
  .sash {
    flex: none;
    height: 7px;
    cursor: ns-resize;
    touch-action: none;
    border-top: 1px solid var(--line);
  }
  .sash:hover,
  .sash:focus-visible {
    background: var(--hair);
  }
  /* Who places the lanes has settled their height. */
  :host([settled]) .sash {
    display: none;
  }
  .zoom {
    position: absolute;
    top: 6px;
    right: 14px;
    display: flex;
    opacity: 0;
  }
  :host(:hover) .zoom,
  .zoom:focus-within {
    opacity: 1;
  }
  .zoom button {
    min-height: 24px;
    min-width: 26px;
    padding: 0 6px;
    border-color: transparent;
  }
  @media (max-width: 760px) {
    .sash,
    .zoom {
      display: none;
    }
  }
  :focus-visible {
    outline-offset: -2px;
  }
  svg {
    display: block;
    cursor: ew-resize;
    user-select: none;
  }
  text {
    font: 11px var(--sans);
    fill: var(--ink);
    pointer-events: none;
  }
  .name {
    font-size: 12.5px;
    font-weight: 600;
  }
  .sleeps {
    fill: var(--muted);
  }
  .block {
    fill: var(--s2);
    stroke: var(--s-edge);
    stroke-width: 0.8;
  }
  /* What is to come lies under a veil. */
  .ahead {
    fill: var(--surface);
    opacity: 0.5;
    pointer-events: none;
  }
  .beside {
    fill: var(--surface);
    opacity: 0.7;
    pointer-events: none;
  }
  .now {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
    pointer-events: none;
  }
  .busy {
    fill: var(--busy);
  }
  .lock {
    fill: var(--ink);
    opacity: 0.75;
  }
  .lock.read {
    opacity: 0.4;
  }
  .rule {
    stroke: var(--hair);
  }
  .wake {
    fill: none;
    stroke: var(--accent);
    stroke-width: 1.4;
  }
  .head {
    fill: var(--accent);
  }
  .cursor {
    stroke: var(--accent);
    stroke-width: 2;
  }
  .found {
    fill: var(--danger);
  }
`;
