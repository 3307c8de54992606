import { css } from 'lit';

export const lanesStyles = css`
  :host {
    overflow: hidden auto;
    touch-action: pan-y;
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
  .ahead {
    opacity: 0.45;
  }
  .now .block {
    stroke: var(--accent);
    stroke-width: 2;
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
