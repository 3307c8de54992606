/** What the page shows: its front door, a run alone or beside something, the threads, a lesson. It is a part of the address. */

export type Tab = 'gallery' | 'step' | 'compare' | 'threads' | 'chains' | 'levels';

export interface Shows {
  tab: Tab;
  /** The search stands beside the run. */
  search?: boolean;
  /** The kernels that are compared, where a link or the reader has chosen them. */
  before?: string;
  after?: string;
  /** Of the chains: which of their parts, from 1. */
  part?: number;
  /** Of the levels: the scenario of the one that is played; without it all of them. */
  level?: string;
}

const THREADS = '#threads';

/** What stands for `+` and `,` of a kernel in a link. */
const packed = (policy: string): string => policy.replaceAll(',', '.').replaceAll('+', '~');
const unpacked = (text: string): string => decodeURIComponent(text).replaceAll('.', ',').replaceAll('~', '+');

/** The view of an address: without a link the front door, or the threads. */
export function viewOf(hash: string): Shows {
  if (hash === THREADS) return { tab: 'threads' };
  const [, lesson, part, level] = /^#(chains|levels)(?:;part=(\d)|;level=([\w-]+))?$/.exec(hash) ?? [];
  if (lesson === 'chains') return { tab: 'chains', part: Math.max(1, Number(part ?? 1)) };
  if (lesson === 'levels') return { tab: 'levels', ...(level ? { level } : {}) };
  if (!/^#v\d/.test(hash)) return { tab: 'gallery' };
  const option = (name: string): string | undefined => new RegExp(`;${name}=([^;]*)`).exec(hash)?.[1];
  const view = option('view');
  if (view !== 'compare') return view === 'search' ? { tab: 'step', search: true } : { tab: 'step' };
  const [before, after] = [option('before'), option('after')];
  return { tab: 'compare', ...(before ? { before: unpacked(before) } : {}), ...(after ? { after: unpacked(after) } : {}) };
}

/** The address of a view that shows no run; null for one that does, whose address is the run's link. */
export function ownAddress({ tab, part = 1, level }: Shows): string | null {
  if (tab === 'gallery') return '';
  if (tab === 'chains') return part === 1 ? '#chains' : `#chains;part=${part}`;
  if (tab === 'levels') return level ? `#levels;level=${level}` : '#levels';
  return tab === 'threads' ? THREADS : null;
}

/** The link of a run with the view that shows it. */
export function withView(link: string, { tab, search, before, after }: Shows): string {
  if (tab !== 'compare') return search ? `${link};view=search` : link;
  const kernel = (name: string, policy: string | undefined): string => (policy ? `;${name}=${packed(policy)}` : '');
  return `${link};view=compare${kernel('before', before)}${kernel('after', after)}`;
}
