/** What is looked at, as links say it: an object, `O`, or an address of a process, `B.va0`. */

import { vpn } from './events';
import type { Namer } from './names';

export interface AddressSelection {
  process: number;
  va: number;
}

/** An object by the event that made it: its number is used again. */
export interface ObjectSelection {
  object: number;
}

export type Selection = AddressSelection | ObjectSelection;

const PAGE = 4096;

export const isObject = (selection: Selection | null): selection is ObjectSelection => selection !== null && 'object' in selection;

export function selectionText(selection: Selection, names: Namer): string {
  if (isObject(selection)) return names.objectBorn(selection.object);
  return `${names.process(selection.process)}.va${vpn(selection.va) - vpn(names.names.base)}`;
}

/** Nothing where it is neither an object nor an address of a process that there is. */
export function selectionOf(text: string | null | undefined, names: Namer): Selection | null {
  const object = names.names.objects.find((one) => one.name === text);
  if (object) return { object: object.from };
  const [, name, page] = /^(.*)\.va(\d+)$/.exec(text ?? '') ?? [];
  const process = names.names.processes.findIndex((one) => one === name);
  return process < 0 ? null : { process, va: names.names.base + Number(page) * PAGE };
}
