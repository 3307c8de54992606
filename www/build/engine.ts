/** The engine on the thread that asks, for what is worked out when the site is built: nothing of the browser is needed. */

import type { EngineModule, EngineSession } from '../drivers/engine';
import { Host } from '../drivers/host';
import type { Request } from '../drivers/rpc';
import { SteppedDriver } from '../drivers/stepped';

/** Stands for the engine's worker: the calls that open a run and read the catalogue, answered at once. */
class EngineHere {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: unknown = null;
  private session: EngineSession | null = null;

  constructor(private readonly engine: EngineModule) {}

  postMessage({ id, method, args }: Request): void {
    this.onmessage?.({ data: { id, result: this.answer(method, args) } });
  }

  private answer(method: string, args: unknown[]): unknown {
    if (method === 'catalog') return this.engine.catalog();
    if (method !== 'open') throw new Error(`the site is built without “${method}”`);
    const [, source, policy, name] = args as [number, string, string, string | undefined];
    this.session?.free();
    this.session = new this.engine.Session(source, policy, name);
    return this.session.open();
  }

  terminate(): void {
    this.session?.free();
  }
}

/** A driver on a module of one thread that is ready. */
export function driverOn(module: EngineModule): SteppedDriver {
  const make = (): Worker => new EngineHere(module) as unknown as Worker;
  return SteppedDriver.on(new Host(make, make()));
}
