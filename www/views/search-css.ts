import { css } from 'lit';

export const searchStyles = css`
  :host(:focus) {
    outline: none;
  }
  .head,
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
    flex-wrap: wrap;
  }
  .head {
    min-height: 34px;
  }
  .head h2 {
    margin: 0;
    flex: 1;
  }
  .smaller + .about {
    margin-top: 8px;
  }
  .smaller {
    margin-top: 10px;
    min-height: 84px;
    font-size: 12.5px;
  }
  summary {
    margin-top: 8px;
    font-size: 12px;
    color: var(--muted);
    cursor: pointer;
  }
  .row {
    margin-top: 8px;
  }
  .row label {
    display: flex;
    align-items: center;
    gap: 6px;
    font-size: 12.5px;
  }
  input[type='number'] {
    font: inherit;
    width: 58px;
    color: inherit;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: 8px;
    min-height: 32px;
    padding: 2px 8px;
  }
  .verdict {
    font-size: 16px;
    font-weight: 650;
    line-height: 1.3;
    margin-top: 10px;
  }
  .verdict.found {
    color: var(--danger);
  }
  .verdict.proof {
    color: var(--accent);
  }
  .verdict.elsewhere {
    color: var(--muted);
  }
  .about {
    font-size: 12px;
    line-height: 1.4;
    margin-top: 2px;
    overflow-wrap: anywhere;
  }
  dl {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 6px 12px;
    margin: 10px 0 0;
    font-size: 12.5px;
    font-variant-numeric: tabular-nums;
  }
  dt {
    color: var(--muted);
    font-size: 11.5px;
    line-height: 1.25;
  }
  dd {
    margin: 0;
  }
  .next b {
    white-space: nowrap;
  }
  .next {
    display: grid;
    gap: 6px;
    margin-top: 10px;
  }
  .opens[aria-current='true'] {
    border-color: var(--accent);
  }
  progress {
    display: block;
    width: 100%;
    height: 6px;
    margin-top: 10px;
    accent-color: var(--accent);
  }
  ul {
    list-style: none;
    margin: 10px 0 0;
    padding: 0;
    display: grid;
    gap: 6px;
  }
  .opens {
    width: 100%;
    text-align: left;
    line-height: 1.35;
    font-size: 12.5px;
    padding: 6px 10px;
  }
  .opens b,
  .without {
    display: block;
  }
  .opens b {
    font-size: 13.5px;
  }
  @media (max-width: 760px) {
    input[type='number'] {
      min-height: 44px;
    }
  }
`;
