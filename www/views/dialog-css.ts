/** What all dialogs look like. */

import { css } from 'lit';

export const dialogStyles = css`
  dialog {
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--surface);
    color: var(--ink);
    max-width: calc(100vw - 24px);
    max-height: calc(100dvh - 24px);
    overflow: auto;
    padding: 18px 20px;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 40%);
  }
`;
