import { css } from 'lit';

export const appStyles = css`
  :host {
    container: page / inline-size;
    height: 100dvh;
    display: grid;
    grid-template: 52px minmax(0, 1fr) / minmax(0, 1fr);
  }
  /* It takes the focus so that it is not lost; nothing in it is chosen. */
  main:focus-visible {
    outline: none;
  }
  .tasks {
    display: grid;
    gap: 8px;
  }
  .empty {
    display: grid;
    place-items: center;
    padding: 12px 16px;
  }
  .empty > div {
    display: grid;
    justify-items: center;
    gap: 10px;
    max-width: 52ch;
    text-align: center;
    text-wrap: balance;
  }
  .empty fl-work {
    width: min(430px, 100%);
  }
  h1.bad::first-letter,
  .error .bad::first-letter {
    text-transform: uppercase;
  }
  .empty h1 {
    overflow-wrap: anywhere;
  }
  .empty .next {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 8px;
    margin-top: 6px;
  }
  .step {
    display: grid;
    min-height: 0;
    grid-template: minmax(0, 1fr) auto auto / 300px minmax(0, 1fr) 330px;
    grid-template-areas: 'story canvas side' 'transport transport transport' 'lanes lanes lanes';
  }
  .canvas {
    grid-area: canvas;
    min-height: 0;
    overflow: hidden;
  }
  .canvas fl-diagram {
    height: 100%;
  }
  .story {
    grid-area: story;
    min-height: 0;
    border-right: 1px solid var(--line);
    display: flex;
    flex-direction: column;
  }
  .about {
    flex: 1;
    min-height: 0;
    overflow: auto;
    padding: 18px 18px 10px;
  }
  .about h1 {
    font-size: 18px;
  }
  .by a {
    color: var(--accent);
  }
  .by {
    color: var(--muted);
    font-size: 12px;
    margin: 4px 0 10px;
  }
  .watch {
    font-size: 13px;
    margin-bottom: 8px;
  }
  .error {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 10px;
    margin-bottom: 12px;
    font-size: 13px;
    overflow-wrap: anywhere;
  }
  .error button {
    flex: none;
  }
  .error .stopped {
    font-weight: 600;
  }
  .pickers {
    display: grid;
    gap: 10px;
    padding: 10px 18px 14px;
    border-top: 1px solid var(--line);
  }
  .pickers > label select {
    width: 100%;
  }
  .side {
    grid-area: side;
    overflow: auto;
    border-left: 1px solid var(--line);
    padding: 16px 18px;
    font-size: 13px;
    display: flex;
    flex-direction: column;
    gap: 18px;
  }
  .transport {
    grid-area: transport;
    display: flex;
    align-items: center;
    gap: 16px;
    padding: 5px 16px;
    border-top: 1px solid var(--line);
    background: var(--surface);
  }
  .transport fl-transport {
    flex: 1;
  }
  .keys {
    font-size: 12px;
  }
  .lanes {
    grid-area: lanes;
    background: var(--surface);
    min-height: 0;
  }
  /* Of a settled height: what happens in them moves nothing else. */
  .lanes fl-lanes {
    height: clamp(160px, 24vh, 280px);
    max-height: 60dvh;
  }
  @media (max-height: 800px) and (min-width: 761px) {
    .lanes fl-lanes {
      height: 90px;
    }
  }
  .grip {
    display: flex;
    justify-content: space-between;
    align-items: center;
    position: sticky;
    top: -16px;
    background: var(--surface);
    z-index: 1;
  }
  .grip h2 {
    margin: 0;
    font-size: 15px;
  }
  @media (max-width: 1180px) and (min-width: 761px) {
    .step {
      grid-template-columns: 250px minmax(0, 1fr) 290px;
    }
    .keys {
      display: none;
    }
  }
  /* Where the screen is low, the story and what stands below it share one scrollbar. */
  @media (max-height: 760px) and (min-width: 761px) {
    .story {
      display: block;
      overflow: auto;
    }
    .about {
      overflow: visible;
    }
  }
  @media (max-width: 760px) {
    :host {
      height: auto;
      min-height: 100dvh;
      display: block;
    }
    fl-header {
      position: sticky;
      top: 0;
      z-index: 3;
    }
    .step {
      display: block;
    }
    .empty,
    fl-chains,
    fl-levels {
      min-height: calc(100dvh - 54px);
    }
    .story {
      border: 0;
    }
    .about {
      overflow: visible;
      padding: 14px 16px;
    }
    /* The bar below it stays where it is, whatever is drawn. */
    .canvas fl-diagram {
      height: clamp(320px, 66dvh, 620px);
    }
    .lanes fl-lanes {
      height: auto;
      max-height: none;
    }
    .transport {
      flex-wrap: wrap;
      gap: 6px 12px;
      padding: 6px 10px;
      border-bottom: 1px solid var(--line);
      position: sticky;
      bottom: 0;
      z-index: 2;
    }
    .sheets {
      display: flex;
      gap: 8px;
      width: 100%;
    }
    .sheets button {
      flex: 1;
    }
    .sheet {
      position: fixed;
      inset: auto 0 0;
      max-height: 74dvh;
      overflow: auto;
      padding: 14px 16px 20px;
      background: var(--surface);
      border: 0;
      border-top: 1px solid var(--line);
      border-radius: 16px 16px 0 0;
      box-shadow: 0 -8px 30px rgb(0 0 0 / 18%);
      z-index: 4;
      transform: translateY(105%);
      visibility: hidden;
      transition:
        transform 220ms ease-out,
        visibility 0s 220ms;
    }
    .sheet.open {
      transform: none;
      visibility: visible;
      transition: transform 220ms ease-out;
    }
  }
  @media (max-width: 760px) and (prefers-reduced-motion: reduce) {
    .sheet,
    .sheet.open {
      transition: none;
    }
  }
`;
