/** The entry: the page's script and the gallery's data load side by side; the engine where a run is asked for, else once the browser is idle. */

import { isLink } from './core/address';
import { LateWorker } from './late-worker';

const make = (): Worker => new Worker(new URL('./drivers/stepped.worker.ts', import.meta.url), { type: 'module', name: 'stepped' });

const engine = LateWorker.of(make);

if (isLink(location.hash) || new URLSearchParams(location.search).has('scenario')) engine.begin();
else addEventListener('load', () => ('requestIdleCallback' in globalThis ? requestIdleCallback(engine.begin) : setTimeout(engine.begin, 1000)));

void Promise.all([import('./app'), import('virtual:gallery')]).then(([{ start }, { default: gallery }]) => start(engine.worker, make, gallery));
