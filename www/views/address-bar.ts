/** The browser's address bar and history. */

import type { AddressBar } from '../core/address';

/** What an address says by name is said by its link once there is one. */
function address(hash: string): string {
  const search = new URLSearchParams(location.search);
  search.delete('scenario');
  search.delete('policy');
  const rest = search.toString();
  return `${location.pathname}${rest === '' ? '' : `?${rest}`}${hash}`;
}

/** A page inside another one may not touch its history; it works without. */
function permitted(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

export const browserAddressBar: AddressBar = {
  get hash() {
    return location.hash;
  },
  replace: (hash) => permitted(() => history.replaceState(null, '', address(hash))),
  push: (hash) => permitted(() => history.pushState(null, '', address(hash))),
};
