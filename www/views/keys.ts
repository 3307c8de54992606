/** Keys, and what they do to the player. */

import { previousBeat, score } from '../core/beats';
import type { Pair } from '../core/pair';
import type { Player } from '../core/player';

export type Command =
  | {
      kind:
        | 'toggle' | 'beat' | 'step' | 'back' | 'back-step' | 'mark' | 'back-mark' | 'faster' | 'slower' | 'start' | 'end' | 'help' | 'enter' | 'link' | 'edit'
        | 'gallery' | 'compare' | 'search' | 'takeover' | 'reachable' | 'branch' | 'parting';
    }
  | { kind: 'zoom'; how: 'in' | 'out' | 'fit' }
  | { kind: 'choose'; nth: number };

export const COMMANDS: Record<string, Command> = {
  ' ': { kind: 'toggle' },
  '.': { kind: 'beat' },
  ',': { kind: 'back' },
  '[': { kind: 'back-mark' },
  ']': { kind: 'mark' },
  '<': { kind: 'slower' },
  '>': { kind: 'faster' },
  '{': { kind: 'slower' },
  '}': { kind: 'faster' },
  Home: { kind: 'start' },
  End: { kind: 'end' },
  '?': { kind: 'help' },
  l: { kind: 'link' },
  e: { kind: 'edit' },
  Enter: { kind: 'enter' },
  g: { kind: 'gallery' },
  c: { kind: 'compare' },
  s: { kind: 'search' },
  t: { kind: 'takeover' },
  r: { kind: 'reachable' },
  b: { kind: 'branch' },
  n: { kind: 'parting' },
  '+': { kind: 'zoom', how: 'in' },
  '-': { kind: 'zoom', how: 'out' },
  f: { kind: 'zoom', how: 'fit' },
};

/** A key belongs to the page unless the control that has the focus uses it itself. */
export function command(event: KeyboardEvent): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const target = event.composedPath()[0];
  const element = target instanceof Element ? target : null;
  if (element?.closest('dialog[open]')) return null;
  const tag = element?.localName ?? '';
  if (tag === 'textarea' || tag === 'select') return null;
  const presses = event.key === ' ' || event.key === 'Enter';
  if (presses && (tag === 'button' || tag === 'summary' || tag === 'a' || element?.getAttribute('role') === 'button')) return null;
  if (tag === 'input' && element?.getAttribute('type') !== 'range') return null;
  if (tag === 'input' && (event.key === 'Home' || event.key === 'End')) return null;
  // By its place on the keyboard: what Shift makes of these two keys differs between layouts.
  if (event.shiftKey && event.code === 'Period') return { kind: 'step' };
  if (event.shiftKey && event.code === 'Comma') return { kind: 'back-step' };
  if (/^[1-9]$/.test(event.key)) return { kind: 'choose', nth: Number(event.key) - 1 };
  return COMMANDS[event.key] ?? null;
}

/** Speeds that the player offers, from slow to fast. */
export const SPEEDS = [0.5, 1, 2, 4, 8] as const;

function nextSpeed(present: number, faster: boolean): number {
  const speeds: readonly number[] = SPEEDS;
  const other = faster ? speeds.find((speed) => speed > present) : speeds.findLast((speed) => speed < present);
  return other ?? present;
}

/** To the mark before or behind the present position; to the start or the end where there is none. */
function jump(player: Player, direction: -1 | 1): Promise<unknown> {
  const { position } = player;
  const { marks } = score(player.steps, player.narration);
  const there = direction > 0 ? marks.find((mark) => mark.at > position) : marks.findLast((mark) => mark.at < position);
  return player.seek(there?.at ?? (direction > 0 ? player.length : 0));
}

export function run(command: Command, player: Player): void {
  switch (command.kind) {
    case 'toggle':
      player.toggle();
      break;
    case 'beat':
      player.pause();
      void player.beat();
      break;
    case 'step':
      player.pause();
      void player.step();
      break;
    case 'back':
      void player.seek(previousBeat(player));
      break;
    case 'back-step':
      void player.back();
      break;
    case 'mark':
      void jump(player, 1);
      break;
    case 'back-mark':
      void jump(player, -1);
      break;
    case 'faster':
    case 'slower':
      player.setSpeed(nextSpeed(player.speed, command.kind === 'faster'));
      break;
    case 'start':
      void player.seek(0);
      break;
    case 'end':
      void player.seek(player.length);
      break;
    case 'choose': {
      const chosen = player.runnable[command.nth];
      player.pause();
      if (chosen) void player.step(chosen.task);
      break;
    }
    case 'branch': {
      const last = player.branches.at(-1);
      if (last) void player.take(last);
      break;
    }
    default:
      // The others are about the page, not about its player.
      break;
  }
}

/** The same keys for two players that move as one. */
export function runPair(command: Command, pair: Pair): void {
  switch (command.kind) {
    case 'toggle':
      pair.toggle();
      break;
    case 'beat':
    case 'step':
      void pair.step();
      break;
    case 'back':
    case 'back-step':
      void pair.back();
      break;
    case 'start':
      void pair.seek(0);
      break;
    case 'end':
      void pair.seek(pair.length);
      break;
    case 'parting':
      void pair.next();
      break;
    default:
      break;
  }
}
