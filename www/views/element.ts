/** A component that draws the model: `tick` is all that changes when the run moves. */

import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { Model } from './model';

export abstract class View extends LitElement {
  @property({ attribute: false }) model!: Model;
  /** Counts changes of the model, which itself keeps its identity. */
  @property({ type: Number }) tick = 0;
}
