import { css } from 'lit';

/** What links to scenarios have in common. */
export const badgeStyles = css`
  .when {
    font-size: 12px;
    color: var(--muted);
  }
  .badges {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .badge {
    font-size: 11.5px;
    line-height: 1.3;
    color: var(--muted);
    border: 1px solid var(--line);
    border-radius: 999px;
    padding: 1px 8px;
    white-space: nowrap;
  }
`;

export const galleryStyles = css`
  :host {
    overflow: auto;
    container-type: inline-size;
  }
  .page {
    max-width: 1240px;
    margin: 0 auto;
    padding: 26px 24px 48px;
  }
  .hero {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1.05fr);
    gap: 28px;
    align-items: start;
  }
  .hero h1 {
    font-size: 30px;
    letter-spacing: -0.5px;
    margin-bottom: 12px;
  }
  .hero h1:focus-visible {
    outline: none;
  }
  .hero p {
    font-size: 15px;
    max-width: 56ch;
    margin-bottom: 10px;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 10px 16px;
  }
  .hero .row {
    margin-top: 18px;
  }
  .hero button {
    font-size: 15px;
    min-height: 44px;
    padding: 8px 18px;
  }
  kbd {
    font: 11px var(--mono);
    border: 1px solid var(--line);
    border-radius: 4px;
    padding: 1px 5px;
  }
  .hero fl-thumbnail {
    height: 390px;
    border-radius: 12px;
    border: 1px solid var(--line);
    background: var(--surface);
    padding: 10px;
  }
  fl-lessons {
    margin-top: 30px;
  }
  .cards,
  .list {
    list-style: none;
    margin: 12px 0 0;
    padding: 0;
    display: grid;
  }
  .cards {
    gap: 16px;
    margin-top: 16px;
    grid-template-columns: repeat(3, minmax(0, 1fr));
  }
  .all {
    margin-top: 34px;
  }
  .all h2 {
    font-size: 17px;
    margin: 0;
  }
  .all .row {
    justify-content: space-between;
  }
  .filter {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .filter button {
    border-radius: 999px;
  }
  .filter button[aria-pressed='true'] {
    background: var(--ink);
    color: var(--surface);
    border-color: transparent;
  }
  .group {
    margin-top: 20px;
  }
  .group h3 {
    font-size: 14px;
  }
  .list {
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0 28px;
    margin-top: 4px;
  }
  .list li {
    display: grid;
    border-bottom: 1px solid var(--hair);
  }
  .list a {
    color: inherit;
    text-decoration: none;
    padding: 8px 6px 9px;
    border-radius: 8px;
    display: grid;
    gap: 2px;
    align-content: start;
  }
  .list a:hover {
    background: var(--surface);
  }
  .list .title {
    font-weight: 600;
  }
  .list .about {
    font-size: 12.5px;
  }
  .list .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
  }
  @container (max-width: 960px) {
    .cards {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .list {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @container (max-width: 760px) {
    .page {
      padding: 18px 16px 32px;
    }
    .hero {
      grid-template-columns: minmax(0, 1fr);
      gap: 18px;
    }
    .hero h1 {
      font-size: 24px;
    }
    .hero fl-thumbnail {
      height: min(110cqw, 430px);
    }
    .hero button {
      width: 100%;
    }
    .key {
      display: none;
    }
    .cards {
      grid-template-columns: minmax(0, 1fr);
      gap: 10px;
    }
    .list .about {
      display: none;
    }
  }
`;
