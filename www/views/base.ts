/** Styles that every component shares. */

import { css } from 'lit';

export const base = css`
  * {
    box-sizing: border-box;
  }
  :host {
    display: block;
  }
  :host([hidden]) {
    display: none;
  }
  h1,
  h2,
  h3 {
    margin: 0;
    font-weight: 650;
    line-height: 1.25;
  }
  h1 {
    font-size: 20px;
    letter-spacing: -0.2px;
  }
  h2 {
    font-size: 13px;
    margin-bottom: 8px;
  }
  p {
    margin: 0;
  }
  .muted {
    color: var(--muted);
  }
  .bad {
    color: var(--danger);
    font-weight: 600;
  }
  code,
  .mono {
    font-family: var(--mono);
    font-size: 12px;
  }
  button,
  select {
    font: inherit;
    border: 1px solid var(--line);
    background: var(--surface);
    color: var(--ink);
    border-radius: 8px;
    padding: 5px 11px;
    min-height: 32px;
    cursor: pointer;
  }
  select {
    padding: 5px 8px;
    max-width: 100%;
  }
  button:hover:not(:disabled),
  select:hover {
    border-color: var(--s-edge);
  }
  button:disabled {
    cursor: default;
    color: var(--muted);
    opacity: 0.55;
  }
  button.primary {
    background: var(--accent);
    color: var(--accent-ink);
    border-color: transparent;
    font-weight: 600;
  }
  button.quiet {
    border-color: transparent;
    background: none;
    color: var(--muted);
  }
  /* Headings take the focus so that Tab goes on from there; there is nothing to press. */
  h1:focus-visible,
  h2:focus-visible {
    outline: none;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .seg {
    flex: none;
    display: flex;
    border: 1px solid var(--line);
    border-radius: 8px;
    overflow: hidden;
  }
  .seg button {
    border: 0;
    border-radius: 0;
    color: var(--muted);
  }
  .seg button[aria-current='page'],
  .seg button[aria-pressed='true'] {
    background: var(--ink);
    color: var(--surface);
  }
  .seg button:focus-visible {
    outline-offset: -3px;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 12.5px;
  }
  td,
  th {
    padding: 4px 8px 4px 0;
    text-align: left;
    border-bottom: 1px solid var(--hair);
    font-weight: 400;
  }
  th {
    color: var(--muted);
  }
  .sw {
    display: inline-block;
    width: 11px;
    height: 11px;
    border-radius: 3px;
    vertical-align: -1px;
    margin-right: 5px;
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  label.field {
    display: block;
    font-size: 12px;
    color: var(--muted);
  }
  label.field select {
    display: block;
    margin-top: 3px;
  }
  @media (max-width: 760px) {
    button,
    select,
    summary {
      min-height: 44px;
      min-width: 44px;
    }
  }
`;
