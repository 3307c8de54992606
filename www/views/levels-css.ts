import { css } from 'lit';

export const levelsStyles = css`
  :host {
    overflow: auto;
    display: grid;
    container-type: inline-size;
  }
  .list {
    width: 100%;
    max-width: 860px;
    margin: 0 auto;
    padding: 26px 24px 48px;
  }
  .list h1 {
    font-size: 28px;
    margin-bottom: 8px;
  }
  .lead {
    max-width: 68ch;
    font-size: 15px;
    margin-bottom: 12px;
  }
  ol {
    list-style: none;
    margin: 12px 0 0;
    padding: 0;
    display: grid;
    gap: 8px;
  }
  li button {
    width: 100%;
    display: grid;
    grid-template-columns: 34px minmax(0, 1fr) auto;
    gap: 4px 12px;
    align-items: center;
    text-align: left;
    padding: 10px 14px;
    border-radius: 12px;
  }
  .disc {
    width: 30px;
    height: 30px;
    border-radius: 50%;
    border: 1px solid var(--s-edge);
    display: grid;
    place-items: center;
    font-weight: 600;
    color: var(--muted);
  }
  .disc.done {
    background: var(--accent);
    border-color: transparent;
    color: var(--accent-ink);
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 10px;
    font-size: 12.5px;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .facts .proven {
    color: var(--accent);
  }
  @container (max-width: 560px) {
    .list {
      padding: 16px 14px 28px;
    }
    .facts {
      grid-column: 2;
    }
  }
`;

export const levelStyles = css`
  :host {
    display: grid;
    min-height: 0;
    container-type: inline-size;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 370px;
    min-height: 0;
  }
  .canvas {
    min-height: 0;
    overflow: hidden;
    display: grid;
  }
  fl-diagram {
    height: 100%;
    min-height: 0;
  }
  .panel {
    border-left: 1px solid var(--line);
    overflow: auto;
    padding: 12px 18px 20px;
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  .where {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    font-size: 12.5px;
  }
  .where button {
    padding: 5px 8px;
    margin-left: -8px;
    text-decoration: underline;
  }
  h1 {
    font-size: 18px;
    text-wrap: pretty;
  }
  .count {
    font-variant-numeric: tabular-nums;
  }
  .count .muted {
    margin-left: 6px;
  }
  .other {
    font-size: 13px;
    border-left: 3px solid var(--line);
    padding-left: 10px;
  }
  .row {
    display: flex;
    gap: 8px;
    align-items: center;
  }
  .space {
    flex: 1;
  }
  .wait {
    place-self: center;
    display: grid;
    gap: 10px;
    justify-items: center;
    padding: 16px;
    text-align: center;
  }
  @container (max-width: 760px) {
    main {
      grid-template: 46dvh auto / minmax(0, 1fr);
    }
    .panel {
      border-left: 0;
      border-top: 1px solid var(--line);
      padding: 10px 14px 20px;
    }
    .row button,
    .where button {
      min-height: 44px;
    }
  }
`;
