// Workers that die elsewhere than in the player: a search on one thread or on all, a replay on one or on all. What they
// were at ends with a sentence, and the next one has a worker of its own.

import { after, before, test } from 'node:test';
import { altered, illEngine } from './altered.mjs';
import { launch, open, SITES } from './browser.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** As `illEngine`, but deadly from the second time on that it is made, for a worker that takes no messages. */
const DEADLY = (script) => illEngine(script).replace('let deadly = false;', 'let deadly = true;').replace("deadly = said.includes('deadly');", '');
/** A worker of the pool that traps as soon as it is to work. */
const DEADLY_POOL = (script) => script.replace(/(\w+)\.wbg_rayon_start_worker\((\w+)\)/, (call) => `(() => { throw new WebAssembly.RuntimeError('unreachable'); ${call}; })()`);

const [isolated, plain] = SITES;
const CASES = [
  { name: 'all cores', site: isolated, fits: /workerHelpers.*\.js$/, alter: DEADLY_POOL },
  { name: 'one thread', site: plain, fits: /(search|slices)\.worker.*\.js$/, alter: DEADLY },
];

for (const { name, site, fits, alter } of CASES) {
  test(`${name}: a search and a replay whose worker dies report why`, async (context) => {
    let dying = true;
    const ill = await altered(site.url, fits, (script) => (dying ? alter(script) : script));
    // Also where the test fails: a server that is left open would keep the process for ever.
    context.after(() => ill.close());
    const { page, close } = await open(browser, `${ill.url}?scenario=t3&policy=2020-01-fixed`, { tolerates: /^unreachable$/ });
    await page.keyboard.press('s');
    await page.locator('fl-search .verdict').getByText(/^Out of memory in this tab; search with the fewest preemptions first/).waitFor();
    await page.getByRole('button', { name: 'Threads' }).click();
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.locator('fl-threads').getByRole('alert').getByText(/^Out of memory in this tab; /).waitFor();

    dying = false;
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await page.locator('fl-search').getByRole('button', { name: 'Search', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('fl-app')?.search.result?.verdict === 'complete', undefined, { timeout: 120_000 });
    await close();
  });
}
