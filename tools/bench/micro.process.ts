/**
 * `node micro.process.ts <file>` prints the cases of a bench file and their variants; with `<case> <variant>` it measures that one and
 * prints its median in nanoseconds.
 */
import { pathToFileURL } from 'node:url';
import { do_not_optimize, measure } from 'mitata';

/** What is measured, called over and over. A Promise is awaited, and its waiting counted. */
type Operation = () => unknown;
/** What a bench file exports by default: cases by name, in each the variants by name, and each makes its operation in a fresh process. */
type Bench = Readonly<Record<string, Readonly<Record<string, () => Operation | Promise<Operation>>>>>;

/** Calls before the measurement: the engine compiles what it has seen often. */
const WARM_UP_CALLS = 2000;
/** Nanoseconds of processor time for one measurement. */
const MEASURED_NS = 300e6;

const [file = '', name, variant] = process.argv.slice(2);
const { default: bench } = (await import(pathToFileURL(file).href)) as { default: Bench };
if (name === undefined || variant === undefined) {
  process.stdout.write(
    JSON.stringify(Object.fromEntries(Object.entries(bench).map(([key, of]) => [key, Object.keys(of)]))),
  );
} else {
  const create = bench[name]?.[variant];
  if (create === undefined) throw new Error(`${file} has no variant "${variant}" of a case "${name}"`);
  process.stdout.write(String(await nanoseconds(await create())));
}
process.exit();

async function nanoseconds(operation: Operation): Promise<number> {
  let last: unknown;
  for (let call = 0; call < WARM_UP_CALLS; call += 1) last = await operation();
  do_not_optimize(last);
  // A result that nobody looks at would let the compiler drop the work.
  const measured = operation() instanceof Promise ? operation : () => do_not_optimize(operation());
  const { p50 } = await measure(measured, { min_cpu_time: MEASURED_NS });
  return p50;
}
