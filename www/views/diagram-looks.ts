/** What the parts of the picture need to know of who looks at them. */

import type { Selection } from '../core/selection';

/** What can be looked at answers to a click, a focus, a pointer over it. */
export interface Looks {
  select(selection: Selection): void;
  isSelected(selection: Selection): boolean;
  /** The one stop of the Tab key in the picture. */
  isStop(selection: Selection): boolean;
  /** The pointer or the focus is on an address, or has left it. */
  point(selection: Selection | null): void;
  /** What has nothing to do with the address that is looked at, or with what goes on, stands back. */
  isBack(part: { line: string } | { box: number } | { frame: number } | { process: number }): boolean;
}

/** For a picture in which nothing can be pressed. */
export const inert: Looks = {
  select: () => undefined,
  isSelected: () => false,
  isStop: () => false,
  point: () => undefined,
  isBack: () => false,
};

/** Class names of those that hold. */
export const classes = (all: Record<string, boolean>): string => Object.keys(all).filter((name) => all[name]).join(' ');
