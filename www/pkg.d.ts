/** What `cargo xtask build` makes, for checkouts where it has not made it yet. */
declare module '*/pkg/single/faultline.js';
declare module '*/pkg/threads/faultline.js';

/** The gallery as it was when the site was built. */
declare module 'virtual:gallery' {
  const gallery: import('./core/thumbnails').BuiltGallery;
  export default gallery;
}

/** The terms of `docs/glossary.md`, as HTML. */
declare module 'virtual:glossary' {
  const glossary: { title: string; terms: import('./build/markdown').Term[] }[];
  export default glossary;
}
