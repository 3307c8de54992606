/** Keys, and what they do to the player. */

import type { Player } from '../core/player';

export type Command =
  | { kind: 'toggle' | 'step' | 'back' | 'start' | 'end' | 'help' | 'link' | 'edit' }
  | { kind: 'choose'; nth: number };

const COMMANDS: Record<string, Command> = {
  ' ': { kind: 'toggle' },
  '.': { kind: 'step' },
  ',': { kind: 'back' },
  Home: { kind: 'start' },
  End: { kind: 'end' },
  '?': { kind: 'help' },
  l: { kind: 'link' },
  e: { kind: 'edit' },
};

/** A key belongs to the page unless the control that has the focus uses it itself. */
export function command(event: KeyboardEvent): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const target = event.composedPath()[0];
  const element = target instanceof Element ? target : null;
  if (element?.closest('dialog[open]')) return null;
  const tag = element?.localName ?? '';
  if (tag === 'textarea' || tag === 'select') return null;
  if (event.key === ' ' && (tag === 'button' || tag === 'summary' || element?.getAttribute('role') === 'button')) return null;
  if (tag === 'input' && element?.getAttribute('type') !== 'range') return null;
  if (tag === 'input' && (event.key === 'Home' || event.key === 'End')) return null;
  if (/^[1-9]$/.test(event.key)) return { kind: 'choose', nth: Number(event.key) - 1 };
  return COMMANDS[event.key] ?? null;
}

export function run(command: Command, player: Player): void {
  switch (command.kind) {
    case 'toggle':
      player.toggle();
      break;
    case 'step':
      player.pause();
      void player.step();
      break;
    case 'back':
      void player.back();
      break;
    case 'start':
      void player.seek(0);
      break;
    case 'end':
      void player.end();
      break;
    case 'choose': {
      const chosen = player.runnable[command.nth];
      player.pause();
      if (chosen) void player.step(chosen.task);
      break;
    }
    case 'help':
    case 'link':
    case 'edit':
      break;
  }
}
