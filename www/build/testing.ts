/** Runs of the gallery by the engine itself, for unit tests that are about what it really does. */

import type { Catalog } from '../drivers/driver';
import type { Clock } from '../core/clock';
import { Player } from '../core/player';
import type { SteppedDriver } from '../drivers/stepped';
import { driverOn } from './engine';
import { engine } from './gallery';

const still: Clock = { set: () => null, clear: () => undefined };

/** A player with the run of a scenario, which stands at its beginning. */
export async function opened(name: string, policy: string, text?: string): Promise<Player> {
  const player = new Player(await driver(), still);
  await player.begin();
  await (text === undefined ? player.load(name, policy) : player.open(name, text, policy));
  if (player.error) throw new Error(player.error.message);
  return player;
}

export async function driver(): Promise<SteppedDriver> {
  return driverOn(await engine());
}

export async function catalog(): Promise<Catalog> {
  return (await driver()).catalog();
}
