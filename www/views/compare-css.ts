import { css } from 'lit';

export const compareStyles = css`
  :host {
    overflow: auto;
  }
  main {
    min-height: 100%;
    display: grid;
    grid-template-rows: auto minmax(420px, 1fr) auto auto;
  }
  h1 {
    font-size: 18px;
    padding: 14px 18px 4px;
  }
  .bad {
    padding: 0 18px;
  }
  .sides {
    grid-row: 2;
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    min-height: 0;
  }
  .sides section {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  .sides section + section {
    border-left: 1px solid var(--line);
  }
  .kernel {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 6px 18px;
  }
  .sides fl-strata,
  .wait {
    flex: 1;
    min-height: 0;
    overflow: hidden;
  }
  .wait {
    display: grid;
    place-items: center;
  }
  .does {
    min-height: 62px;
    max-height: 104px;
    overflow: auto;
    padding: 8px 18px 10px;
    font-size: 13.5px;
    border-top: 1px solid var(--hair);
  }
  .does.wrong {
    background: var(--danger-soft);
  }
  .transport {
    display: flex;
    align-items: center;
    gap: 8px 14px;
    padding: 5px 16px;
    border-top: 1px solid var(--line);
    background: var(--surface);
    font-size: 13px;
    position: sticky;
    bottom: 0;
    z-index: 1;
  }
  .buttons {
    display: flex;
  }
  .buttons button {
    padding: 5px 8px;
    border-color: transparent;
    background: none;
    display: grid;
    place-items: center;
  }
  svg {
    fill: currentColor;
    display: block;
  }
  input {
    flex: 1 1 120px;
    min-width: 100px;
    accent-color: var(--accent);
    height: 28px;
  }
  output {
    min-width: 112px;
    font-variant-numeric: tabular-nums;
  }
  .none {
    padding: 12px 18px;
  }
  .list {
    padding: 12px 18px 18px;
    border-top: 1px solid var(--line);
  }
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  li button {
    display: grid;
    grid-template-columns: 34px minmax(0, 1fr) minmax(0, 1fr);
    gap: 4px 16px;
    width: 100%;
    text-align: left;
    border: 0;
    border-left: 2px solid var(--line);
    border-radius: 0;
    background: none;
    font-size: 13px;
    line-height: 1.42;
    padding: 6px 10px;
  }
  li button[aria-current='step'] {
    border-color: var(--accent);
    background: var(--surface);
  }
  li button > :first-child {
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  li .wrong {
    background: var(--danger-soft);
  }
  @media (max-width: 760px) {
    main {
      display: block;
    }
    .sides {
      grid-template-columns: minmax(0, 1fr);
    }
    .sides section + section {
      border: 0;
      border-top: 1px solid var(--line);
    }
    .does {
      min-height: 0;
      max-height: none;
    }
    .transport {
      flex-wrap: wrap;
      padding: 4px 8px;
    }
    li button {
      grid-template-columns: 34px minmax(0, 1fr);
    }
    li button > :last-child {
      grid-column: 2;
    }
  }
`;
