import { css } from 'lit';

export const searchStyles = css`
  .head,
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
    flex-wrap: wrap;
  }
  .head {
    justify-content: space-between;
  }
  .head h2 {
    margin: 0;
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
    font-size: 14px;
    font-weight: 600;
    line-height: 1.4;
    margin-top: 10px;
  }
  .verdict.found {
    color: var(--danger);
  }
  .about {
    font-size: 12px;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 2px 14px;
    margin: 8px 0 0;
    font-size: 12.5px;
    font-variant-numeric: tabular-nums;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
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
  li button {
    width: 100%;
    text-align: left;
    line-height: 1.35;
    font-size: 12.5px;
    padding: 6px 10px;
  }
  li b {
    display: block;
    font-size: 13.5px;
  }
  @media (max-width: 760px) {
    input[type='number'] {
      min-height: 44px;
    }
  }
`;
