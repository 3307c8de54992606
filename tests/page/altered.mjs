// A site of which some scripts are altered on the way: an engine that hangs, or dies, whatever the real one does.

import { createServer } from 'node:http';
import { deflateRawSync } from 'node:zlib';

/** Serves what `url` serves, with `alter` applied to the text of scripts whose name fits. */
export async function altered(url, fits, alter) {
  const server = createServer(async (request, response) => {
    const from = await fetch(new URL(request.url.slice(1), url));
    const headers = Object.fromEntries(from.headers);
    delete headers['content-length'];
    delete headers['content-encoding'];
    // What is altered now may be whole the next time.
    delete headers.etag;
    headers['cache-control'] = 'no-store';
    const body = Buffer.from(await from.arrayBuffer());
    response.writeHead(from.status, headers);
    response.end(fits.test(request.url) ? alter(body.toString()) : body);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const close = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}

/**
 * A worker of which calls that have `stuck` in them never end, and calls that have `deadly` in them end in a trap of
 * the engine, as a lack of memory does.
 */
export const illEngine = (script) => `
let deadly = false;
const trap = () => { throw new WebAssembly.RuntimeError('unreachable'); };
const ill = ({ instance, ...rest }) => {
  const exports = Object.fromEntries(Object.entries(instance.exports).map(([name, value]) =>
    [name, /^(session|linksession|search|recording)_create$/.test(name) ? (...args) => (deadly ? trap() : value(...args)) : value]));
  return { ...rest, instance: { exports } };
};
for (const name of ['instantiate', 'instantiateStreaming']) {
  const usual = WebAssembly[name];
  WebAssembly[name] = async (...args) => ill(await usual.apply(WebAssembly, args));
}
${script}
{
  const hear = self.onmessage;
  self.onmessage = (event) => {
    const said = JSON.stringify(event.data.args);
    if (said.includes('stuck')) for (;;);
    deadly = said.includes('deadly');
    hear.call(self, event);
  };
}
`;

/** The part of an address from `#` on for a scenario that a user has written. */
export const carried = (name, text, policy = 'main') => `#v1;${name}~${deflateRawSync(text).toString('base64url')};${policy};;2;0000000000000000`;

export const SMALL = 'title A small story\nsetup { process A; A: mmap va0; store va0 }\ntask T of A: store va0; load va0\n';
