import { css } from 'lit';

export const compareStyles = css`
  :host {
    overflow: auto;
  }
  main {
    min-height: 100%;
    display: grid;
    /* The list below shows that it is there. */
    grid-template-rows: auto minmax(470px, calc(100dvh - 290px)) auto auto;
  }
  .head {
    display: flex;
    align-items: start;
    justify-content: space-between;
    gap: 12px;
    padding: 14px 18px 4px;
  }
  h1 {
    font-size: 18px;
  }
  .leave {
    display: none;
    flex: none;
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
  .sides fl-diagram,
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
  /* What is so, below what was done. */
  .state {
    display: block;
    color: var(--muted);
  }
  .state:first-child {
    color: inherit;
  }
  .lanes {
    flex: none;
    height: clamp(88px, 15dvh, 190px);
    border-top: 1px solid var(--hair);
    background: var(--surface);
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
  .problem {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 14px;
    padding: 0 18px 10px;
  }
  .none {
    padding: 12px 18px;
  }
  .list {
    height: 150px;
    overflow: auto;
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
  .at {
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .at small {
    display: block;
    font-size: 11px;
  }
  .first button {
    font-size: 14.5px;
    border-color: var(--s-edge);
  }
  summary[aria-current='step'] {
    border-left: 2px solid var(--accent);
    background: var(--surface);
  }
  summary {
    cursor: pointer;
    color: var(--muted);
    font-size: 13px;
    padding: 8px 10px;
    align-content: center;
  }
  li .wrong {
    background: var(--danger-soft);
  }
  @media (max-width: 760px) {
    :host {
      overflow: visible;
    }
    main {
      display: block;
    }
    .sides {
      grid-template-columns: minmax(0, 1fr);
    }
    .leave {
      display: block;
    }
    .flip {
      display: flex;
      align-items: center;
      gap: 8px;
      padding: 4px 10px 8px;
    }
    .flip .kernel {
      flex: 1;
      min-width: 0;
      padding: 0;
    }
    .flip select {
      width: 100%;
    }
    .sides fl-diagram {
      flex: none;
      height: clamp(280px, 48dvh, 620px);
    }
    .both {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 0 1px;
      border-top: 1px solid var(--line);
      font-size: 13px;
    }
    .both > div {
      padding: 8px 10px;
    }
    .does {
      min-height: 0;
      max-height: none;
      padding: 4px 0 0;
      border: 0;
      font-size: 13px;
    }
    .does.wrong {
      padding: 4px 6px;
    }
    .transport {
      flex-wrap: wrap;
      padding: 4px 8px;
    }
    .lanes {
      height: 120px;
    }
    .list {
      height: auto;
      max-height: 60dvh;
    }
    li button {
      grid-template-columns: 34px minmax(0, 1fr);
    }
    li button > :last-child {
      grid-column: 2;
    }
  }
`;
