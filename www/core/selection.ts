/** What is looked at, as links say it: an object, `O`; an address of a process, `B.va0`; a process, `B.map`; a frame with its page, `frame7`. */

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

/** A frame, whatever page it holds or held. */
export interface FrameSelection {
  frame: number;
}

/** A process with its map. */
export interface ProcessSelection {
  map: number;
}

export type Selection = AddressSelection | ObjectSelection | FrameSelection | ProcessSelection;

const PAGE = 4096;

export const isObject = (selection: Selection | null): selection is ObjectSelection => selection !== null && 'object' in selection;
export const isFrame = (selection: Selection | null): selection is FrameSelection => selection !== null && 'frame' in selection;
export const isProcess = (selection: Selection | null): selection is ProcessSelection => selection !== null && 'map' in selection;
export const isAddress = (selection: Selection | null): selection is AddressSelection => selection !== null && 'va' in selection;

export function sameSelection(a: Selection | null, b: Selection | null): boolean {
  if (isObject(a)) return isObject(b) && a.object === b.object;
  if (isFrame(a)) return isFrame(b) && a.frame === b.frame;
  if (isProcess(a)) return isProcess(b) && a.map === b.map;
  return isAddress(a) && isAddress(b) && a.process === b.process && a.va === b.va;
}

export function selectionText(selection: Selection, names: Namer): string {
  if (isObject(selection)) return names.objectBorn(selection.object);
  if (isFrame(selection)) return `frame${selection.frame}`;
  if (isProcess(selection)) return `${names.process(selection.map)}.map`;
  return `${names.process(selection.process)}.va${vpn(selection.va) - vpn(names.names.base)}`;
}

/** Nothing where there is no such object or process. */
export function selectionOf(text: string | null | undefined, names: Namer): Selection | null {
  const object = names.names.objects.find((one) => one.name === text);
  if (object) return { object: object.from };
  const [, frame] = /^frame(\d+)$/.exec(text ?? '') ?? [];
  if (frame !== undefined) return { frame: Number(frame) };
  const [, name, page] = /^(.*)\.(?:va(\d+)|map)$/.exec(text ?? '') ?? [];
  const process = names.names.processes.findIndex((one) => one === name);
  if (process < 0) return null;
  return page === undefined ? { map: process } : { process, va: names.names.base + Number(page) * PAGE };
}
