/** Documents that the page shows or leads to, from their one source in `docs/`. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { terms, toHtml } from './markdown.ts';

const GLOSSARY = '\0glossary';
const PAGE = 'scenarios.html';
const STYLE = 'document.css';

const document = (name: string): Promise<string> => readFile(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');
const own = (name: string): Promise<string> => readFile(fileURLToPath(new URL(name, import.meta.url)), 'utf8');

/** The same policy as the page's. */
async function page(): Promise<string> {
  const [front, body] = await Promise.all([own('../../index.html'), document('scenarios.md').then(toHtml)]);
  const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/.exec(front)?.[0] ?? '';
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    ${policy}
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Scenario files: Faultline</title>
    <link rel="stylesheet" href="./${STYLE}" />
  </head>
  <body>
    <main>
${body}
    </main>
  </body>
</html>
`;
}

/** Makes `virtual:glossary`, and the page that explains the format of scenarios. */
export function documents(): Plugin {
  return {
    name: 'faultline-documents',
    resolveId: (id) => (id === 'virtual:glossary' ? GLOSSARY : null),
    load: async (id) => (id === GLOSSARY ? `export default ${JSON.stringify(terms(await document('glossary.md')))};` : null),
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: PAGE, source: await page() });
      this.emitFile({ type: 'asset', fileName: STYLE, source: await own('./document.css') });
    },
    configureServer({ middlewares }) {
      middlewares.use(`/${PAGE}`, (_, response) => void page().then((html) => response.setHeader('Content-Type', 'text/html').end(html)));
      middlewares.use(`/${STYLE}`, (_, response) => void own('./document.css').then((css) => response.setHeader('Content-Type', 'text/css').end(css)));
    },
  };
}
