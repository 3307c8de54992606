/** The entry: the engine's worker begins to load before the page's own script does. */

const worker = new Worker(new URL('./drivers/stepped.worker.ts', import.meta.url), { type: 'module', name: 'stepped' });

void import('./app').then(({ start }) => start(worker));
