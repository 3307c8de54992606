import { css, unsafeCSS } from 'lit';

/** Pixels of a line of the text, and above its first one. */
export const LINE = 19;
export const PAD = 8;

export const editStyles = css`
  dialog {
    width: 860px;
  }
  .hint {
    font-size: 12.5px;
  }
  .hint a {
    color: var(--accent);
    white-space: nowrap;
  }
  .draft {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    margin-top: 8px;
    font-size: 13px;
  }
  fl-text {
    margin: 10px 0;
  }
  .inserts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    margin-top: 10px;
    font-size: 12.5px;
  }
  .inserts button {
    font: 12.5px var(--mono);
  }
  .said {
    min-height: 116px;
    display: grid;
    gap: 8px;
    align-content: start;
    justify-items: start;
    margin-bottom: 12px;
    font-size: 13px;
  }
  .wrong:empty {
    display: none;
  }
  .outcome {
    display: flex;
    align-items: center;
    gap: 14px;
  }
  .outcome.old {
    opacity: 0.5;
  }
  .outcome fl-film {
    width: 190px;
    height: 112px;
    flex: none;
    border: 1px solid var(--hair);
    border-radius: 8px;
    padding: 3px;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .space {
    flex: 1;
  }
  fl-work {
    margin-bottom: 12px;
  }
`;

export const textStyles = css`
  .text {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    height: min(50vh, 520px);
    border: 1px solid var(--line);
    border-radius: 8px;
    overflow: hidden;
    background: var(--surface);
  }
  .text:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .gutter {
    overflow: hidden;
    background: var(--bg);
    border-right: 1px solid var(--hair);
  }
  .numbers {
    padding: ${PAD}px 8px ${PAD}px 10px;
  }
  .numbers span {
    display: block;
    text-align: right;
    color: var(--muted);
  }
  .numbers span.bad {
    color: var(--danger);
  }
  .numbers span,
  textarea,
  ul {
    font: 12.5px/${unsafeCSS(LINE)}px var(--mono);
  }
  .paper {
    position: relative;
    overflow: hidden;
    min-width: 0;
  }
  .line {
    position: absolute;
    inset: 0 0 auto;
    height: ${LINE}px;
    background: var(--danger-soft);
    box-shadow: inset 3px 0 var(--danger);
  }
  textarea {
    position: relative;
    display: block;
    width: 100%;
    height: 100%;
    tab-size: 2;
    white-space: pre;
    overflow: auto;
    resize: none;
    border: 0;
    outline: none;
    padding: ${PAD}px ${PAD + 4}px;
    background: none;
    color: var(--ink);
  }
  ul {
    position: absolute;
    inset: 0 auto auto 0;
    margin: 0;
    padding: 3px;
    list-style: none;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: 8px;
    box-shadow: 0 6px 20px rgb(0 0 0 / 18%);
  }
  ul[hidden] {
    display: none;
  }
  li {
    padding: 1px 8px;
    border-radius: 5px;
    cursor: pointer;
    white-space: nowrap;
  }
  li[aria-selected='true'] {
    background: var(--accent);
    color: var(--accent-ink);
  }
  kbd {
    font-size: 10.5px;
    opacity: 0.75;
  }
`;
