/** What `cargo xtask build` makes, for checkouts where it has not made it yet. */
declare module '*/pkg/single/faultline.js';
declare module '*/pkg/threads/faultline.js';
