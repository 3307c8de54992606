/** Where the site will stand, which a page that is shared has to say: previews take no relative addresses. */

import type { Plugin } from 'vite';

/** Makes the picture of previews absolute where the environment's `FAULTLINE_SITE` says the site's address. */
export function site(address = process.env.FAULTLINE_SITE): Plugin {
  return {
    name: 'faultline-site',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['index.html'];
      if (!address || page?.type !== 'asset' || typeof page.source !== 'string') return;
      page.source = page.source.replace(/(property="og:image" content=")\.\//, `$1${address.replace(/\/*$/, '/')}`);
    },
  };
}
