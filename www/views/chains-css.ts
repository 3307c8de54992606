import { css } from 'lit';

export const chainsStyles = css`
  :host {
    overflow: auto;
    display: grid;
    container-type: inline-size;
  }
  main {
    width: 100%;
    max-width: 820px;
    margin: 0 auto;
    padding: 18px 24px 22px;
    display: grid;
    grid-template-rows: auto minmax(240px, 560px) auto auto;
    align-content: start;
    gap: 12px;
  }
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  nav {
    display: flex;
    gap: 6px;
  }
  nav button {
    border-radius: 999px;
    min-width: 32px;
    padding: 4px 0;
    color: var(--muted);
  }
  nav button[aria-current='step'] {
    background: var(--ink);
    border-color: transparent;
    color: var(--surface);
    font-weight: 600;
  }
  figure {
    margin: 0;
    display: grid;
    grid-template-rows: minmax(0, 1fr) auto;
    border: 1px solid var(--line);
    border-radius: 14px;
    overflow: hidden;
    min-height: 0;
  }
  fl-diagram {
    height: 100%;
    min-height: 0;
  }
  figcaption {
    padding: 6px 14px 8px;
    font-size: 13px;
    color: var(--muted);
    border-top: 1px solid var(--hair);
    background: var(--surface);
    min-height: 34px;
    font-variant-numeric: tabular-nums;
  }
  .wait {
    place-self: center;
    display: grid;
    gap: 10px;
    justify-items: center;
    padding: 16px;
    text-align: center;
  }
  .words h2 {
    font-size: 14px;
    color: var(--muted);
    margin: 0 0 2px;
  }
  /* Of a settled height: the control does not move from part to part. */
  .sentence {
    font-size: 19px;
    line-height: 1.4;
    min-height: 2.8em;
    text-wrap: pretty;
  }
  .row {
    display: grid;
    grid-template-columns: auto minmax(0, 260px) auto;
    justify-content: space-between;
    gap: 10px;
  }
  .row button {
    min-height: 44px;
    padding: 8px 18px;
    font-size: 15px;
  }
  @container (max-width: 560px) {
    main {
      padding: 10px 14px 14px;
      grid-template-rows: auto minmax(240px, 440px) auto auto;
      gap: 10px;
    }
    h1 {
      font-size: 17px;
    }
    nav {
      gap: 2px;
    }
    nav button,
    .row button {
      min-width: 44px;
      min-height: 44px;
    }
    .sentence {
      font-size: 17px;
      min-height: 4.2em;
    }
    .row {
      grid-template-columns: auto minmax(0, 1fr) auto;
    }
    .row button {
      padding: 8px 12px;
    }
    header {
      flex-wrap: wrap;
      gap: 6px;
    }
  }
`;
