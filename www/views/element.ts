/** A component that draws the model: it is drawn anew whenever the model changes. */

import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { Model } from './model';
import { Observe } from './observe';

export abstract class View extends LitElement {
  @property({ attribute: false }) model!: Model;

  constructor() {
    super();
    new Observe(this, () => this.model);
  }
}

/**
 * Puts the focus on the heading of a view that has just come, so that Tab goes on from there. The host itself takes no
 * `tabindex`: a negative one would take everything in its shadow tree out of the order of Tab.
 */
export function focusHeading(view: LitElement): void {
  void view.updateComplete.then(() => view.renderRoot.querySelector<HTMLElement>('h1[tabindex], h2[tabindex]')?.focus());
}
