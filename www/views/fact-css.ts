/** A heading with a way back, and facts below it: of an object, a page, a process. */

import { css } from 'lit';

export const factStyles = css`
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
  }
  .head h2 {
    margin: 0;
  }
  .head .muted {
    font-weight: 400;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 3px 14px;
    margin: 8px 0;
    font-size: 12.5px;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
  }
  .look {
    border: 0;
    background: none;
    color: var(--accent);
    padding: 0;
    min-height: 24px;
    min-width: 24px;
    font-size: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  @media (max-width: 760px) {
    .look {
      min-height: 44px;
      min-width: 44px;
    }
  }
`;
