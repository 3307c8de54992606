import { defineConfig } from 'vitest/config';
import { compressed } from './www/build/compressed.ts';
import { documents } from './www/build/documents.ts';
import { gallery } from './www/build/gallery.ts';
import { site } from './www/build/site.ts';

/** What makes a page cross-origin isolated, so that it may share memory between workers. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  // Relative addresses: the built site works from any folder of any host.
  base: './',
  plugins: [gallery(), documents(), site(), compressed()],
  // Every asset is a file: the page's policy lets no `data:` in.
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', sourcemap: true, assetsInlineLimit: 0 },
  // The engine's worker and the pool's workers are modules that import the same wasm package.
  worker: { format: 'es' },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: { include: ['www/**/*.test.ts'], passWithNoTests: true },
});
