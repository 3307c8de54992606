/** The worker that searches: all cores where the page is isolated, one thread elsewhere. */

export const searchWorker = (): Worker =>
  globalThis.crossOriginIsolated
    ? new Worker(new URL('./search-threads.worker.ts', import.meta.url), { type: 'module', name: 'search-threads' })
    : new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module', name: 'search' });
