import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { createRootLogger } from './root-logger.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const LINES = 1_000_000;
const WARM_UP = 100_000;
/** What a megabyte of caches and the engine's own changes may take; a byte a line would be a megabyte too. */
const MOST_GROWTH_BYTES = 4 * 1024 * 1024;

let written = 0;
const root = createRootLogger({
  component: 'worker',
  level: 'info',
  destination: { write: () => void (written += 1) },
});

/** Each line has keys, texts, bindings and IDs that no line before it had. */
const HOSTILE: readonly ((n: number) => void)[] = [
  (n) => root.info({ [`key-${n}`]: n, [`password-${n}`]: `hunter-${n}` }, `message ${n}`),
  (n) => root.child({ request: n, [`binding-${n}`]: '\u001b[2J' }).info({ request: -n }, 'hello'),
  (n) => root.error(Object.assign(new Error(`no ${n}`, { cause: n }), { stack: `Error: no ${n}`, [`code-${n}`]: n })),
  (n) => root.info({ deep: { [`k${n}`]: [new Map([[n, { n }]]), 10n, Symbol.iterator] } }, '\ud800\n\u009b'),
  (n) => root.info(n % 1000 === 4 ? 'x'.repeat(40_000) : `Authorization: Bearer ${n}.${n}`),
];

function write(from: number, to: number): number {
  for (let n = from; n < to; n += 1) HOSTILE[n % HOSTILE.length]?.(n);
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it('a million lines, each with content that was never seen before, leave nothing behind', () => {
  const before = write(0, WARM_UP);
  const after = write(WARM_UP, WARM_UP + LINES);
  expect(written).toBe(WARM_UP + LINES);
  expect(after - before).toBeLessThan(MOST_GROWTH_BYTES);
}, 300_000);
