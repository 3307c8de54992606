// The same search natively and in a browser, turn about: how much slower is wasm?
//
// `cargo xtask bench --wasm` builds what is compared and says where it is. One worker each. The proof is
// measured, since it walks everything: that t3 is clean of every finding under the fixed kernel.

import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const SCENARIO = 't3';
const POLICY = '2020-01-fixed';
const GOAL = 0.7;

const rounds = Number(process.env.FAULTLINE_BENCH_ROUNDS ?? 5);
const site = process.env.FAULTLINE_URL;
const native = process.env.FAULTLINE_NATIVE;

function natively() {
  const words = ['explore', SCENARIO, '--policy', POLICY, '--workers', '1', '--json'];
  const { states, complete, wall_s } = JSON.parse(execFileSync(native, words, { encoding: 'utf8' }));
  if (!complete) throw new Error('the native search has to be complete');
  return { states, seconds: wall_s };
}

async function inBrowser(page) {
  const result = await page.evaluate(
    async ([url, scenario, policy]) => {
      const { default: init, Hunt } = await import(`${url}single/faultline.js`);
      await init();
      const hunt = new Hunt({ scenario, policy, strategy: 'exhaustive', shrink: false });
      while (!hunt.advance(200_000));
      return hunt.report();
    },
    [site, SCENARIO, POLICY],
  );
  if (result.verdict !== 'complete') throw new Error('the search in the browser has to be complete');
  return { states: Number(result.states), seconds: result.seconds };
}

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const browser = await chromium.launch({ executablePath: process.env.FAULTLINE_CHROMIUM, args: ['--no-sandbox'] });
const page = await browser.newPage();
await page.route('**/empty.html', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
await page.goto(`${site}empty.html`);
// A browser compiles twice: at once, and better while it runs. What counts is how fast it runs then.
await inBrowser(page);
const pairs = [];
for (let round = 1; round <= rounds; round++) {
  console.error(`round ${round} of ${rounds}`);
  pairs.push({ native: natively(), wasm: await inBrowser(page) });
}
await browser.close();

const { states } = pairs[0].native;
if (pairs.some((pair) => pair.native.states !== states || pair.wasm.states !== states)) {
  throw new Error('both builds have to meet the same states');
}
const speed = middle(pairs.map((pair) => pair.native.seconds / pair.wasm.seconds));
const row = (name, seconds) => console.log(`| ${name} | ${(states / seconds / 1000).toFixed(0)} k | ${seconds.toFixed(2)} s |`);
console.log(`\n${SCENARIO} under ${POLICY}, ${states} states, one worker\n\n| | states/s | exhausts it in |\n| --- | --- | --- |`);
row('native', middle(pairs.map((pair) => pair.native.seconds)));
row('wasm in Chromium, single-threaded build', middle(pairs.map((pair) => pair.wasm.seconds)));
console.log(`\nspeed of wasm, of native: ${speed.toFixed(2)} (goal: at least ${GOAL}, ${speed >= GOAL ? 'met' : 'missed'})`);
