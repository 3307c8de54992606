/** Draws a component anew whenever what it shows says that it has changed. */

import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Says when it has changed; `listen` returns what ends the listening. */
export interface Observable {
  listen(listener: () => void): () => void;
}

/**
 * Listens, while its host is in the document, to what `source` returns. The host is drawn anew at each change; `changed`
 * is called before that.
 */
export class Observe implements ReactiveController {
  private listening: { to: Observable; end: () => void } | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly source: () => Observable | undefined,
    private readonly changed: () => void = () => undefined,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.follow();
  }

  /** A property may hold another source than at the last update. */
  hostUpdate(): void {
    this.follow();
  }

  hostDisconnected(): void {
    this.listening?.end();
    this.listening = null;
  }

  private follow(): void {
    const source = this.source();
    if (source === this.listening?.to) return;
    this.listening?.end();
    const listener = (): void => {
      this.changed();
      this.host.requestUpdate();
    };
    this.listening = source ? { to: source, end: source.listen(listener) } : null;
  }
}
