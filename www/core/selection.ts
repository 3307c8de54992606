/** What is looked at, as links say it: `B.va0` is an address of a process. */

import { vpn } from './events';
import type { Namer } from './names';

export interface Selection {
  process: number;
  va: number;
}

const PAGE = 4096;

export function selectionText({ process, va }: Selection, names: Namer): string {
  return `${names.process(process)}.va${vpn(va) - vpn(names.names.base)}`;
}

/** Nothing where it is no address of a process that there is. */
export function selectionOf(text: string | null | undefined, names: Namer): Selection | null {
  const [, name, page] = /^(.*)\.va(\d+)$/.exec(text ?? '') ?? [];
  const process = names.names.processes.findIndex((one) => one === name);
  return process < 0 ? null : { process, va: names.names.base + Number(page) * PAGE };
}
