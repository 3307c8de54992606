/** The entry: the engine's worker begins to load before the page's own script does. */

const make = (): Worker => new Worker(new URL('./drivers/stepped.worker.ts', import.meta.url), { type: 'module', name: 'stepped' });

const worker = make();

void import('./app').then(({ start }) => start(worker, make));
