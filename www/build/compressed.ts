/** Beside each file of the site its compressed forms, for hosts that send files as they lie there. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** What is worth it: text and code; pictures and recordings are packed already. */
const PACKS = /\.(html|js|css|json|svg|txt|wasm)$/;
/** For big files the best quality takes ten times as long and saves three percent. */
const BIG = 1 << 20;
/** Bytes below which headers weigh more than the file. */
const LEAST = 512;

const forms = [
  { suffix: '.br', pack: (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: bytes.length > BIG ? 9 : 11 } }) },
  { suffix: '.gz', pack: (bytes: Buffer) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }) },
];

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (bytes.length < LEAST) return;
  await Promise.all(forms.map(async ({ suffix, pack }) => writeFile(`${file}${suffix}`, await pack(bytes))));
}

/** Writes `.br` and `.gz` once the site is built. */
export function compressed(): Plugin {
  let dir = '';
  return {
    name: 'faultline-compressed',
    apply: 'build',
    configResolved: (config) => void (dir = `${config.root}/${config.build.outDir}`),
    async closeBundle() {
      const files = await readdir(dir, { recursive: true });
      await Promise.all(files.filter((name) => PACKS.test(name)).map((name) => compress(`${dir}/${name}`)));
    },
  };
}
