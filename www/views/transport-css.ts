/** The bar with which a run is played: of one player, and of two that move as one. */

import { css } from 'lit';

export const transportStyles = css`
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
  .buttons svg {
    fill: currentColor;
    display: block;
  }
  input[type='range'] {
    flex: 1 1 140px;
    min-width: 100px;
    accent-color: var(--accent);
    height: 28px;
  }
  output {
    min-width: 112px;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
  }
`;
