/**
 * `node micro.process.ts <file>` prints the cases of a bench file and their variants; with `<case> <variant>` it measures that one and
 * prints its mean in nanoseconds.
 */
import { pathToFileURL } from 'node:url';
import { do_not_optimize, measure } from 'mitata';

/** What is measured, called over and over. A Promise is awaited, and its waiting counted. */
type Operation = () => unknown;
/** What a bench file exports by default: cases by name, in each the variants by name, and each makes its operation in a fresh process. */
type Bench = Readonly<Record<string, Readonly<Record<string, () => Operation | Promise<Operation>>>>>;

/** Nanoseconds of processor time before the measurement: the engine compiles what it has seen often, in several steps. */
const WARM_UP_NS = 200e6;
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
  // A result that nobody looks at would let the compiler drop the work.
  const measured = operation() instanceof Promise ? operation : () => do_not_optimize(operation());
  // The clock moves in steps of milliseconds: the mean over all samples is exact, any single one is not.
  const clock = { now: processorTime, samples_threshold: Infinity };
  await measure(measured, { ...clock, min_cpu_time: WARM_UP_NS });
  const { avg } = await measure(measured, { ...clock, min_cpu_time: MEASURED_NS });
  return avg;
}

/** Nanoseconds this thread has had of a processor: what other processes of a busy machine take is not counted. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1000;
}
