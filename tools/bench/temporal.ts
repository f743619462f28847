import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startTemporal } from '../chain/temporal.process.ts';
import { ensureTemporal } from '../setup/temporal.ts';
import { median } from './median.ts';
import { type OwnCore, ownCore } from './own-core.ts';
import { MeasuredWorker, type TemporalFigures } from './temporal.measured.ts';
import { type InstalledSdk, officialSdk, OWN_SDK } from './temporal.packages.ts';
import { chosenVariants, referenceOf, type TemporalVariant, type Workload, WORKLOADS } from './temporal.variants.ts';

/**
 * How long one worker has work before it is the other one's turn. One that waits for longer is not what a worker under load is: the engine
 * collects garbage, and throws compiled code away, when a process idles for seconds.
 */
const TURN_SECONDS = 1;
/** Turns before the counted ones: the engine compiles what it has seen often, in several steps. */
const WARM_UP_TURNS = 8;

/** How tracing through Temporal is measured. */
export interface TemporalOptions {
  /** Measures the variants whose name contains this text, and those that they are held against. */
  readonly filter: string;
  readonly rounds: number;
  /** How long each variant has work in a round, with each workload, at least. */
  readonly seconds: number;
}

/** One figure of one variant. */
export interface TemporalResult {
  readonly bench: 'temporal';
  /** What was measured. */
  readonly case: string;
  readonly variant: string;
  /** Median over the rounds. */
  readonly value: number;
  readonly unit: 'ms' | 'kB' | 'bytes' | 'lines' | 'spans';
  /** Median over the rounds of what this variant has more than the same SDK without tracing beside it. */
  readonly added: number;
  /** The same as a ratio; where one says something. */
  readonly ratio?: number;
  readonly ratios?: readonly number[];
}

interface Measure {
  readonly case: string;
  readonly unit: TemporalResult['unit'];
  readonly digits: number;
  /** Whether ratios say something. */
  readonly compared: boolean;
  readonly of: (figures: TemporalFigures) => number;
}

const MEASURES: readonly Measure[] = [
  ...(Object.keys(WORKLOADS) as Workload[]).map((workload): Measure => ({
    case: `worker CPU, ${WORKLOADS[workload]}`,
    unit: 'ms',
    digits: 3,
    compared: true,
    of: ({ cpu }) => cpu[workload] / 1000,
  })),
  { case: 'heap of a cached workflow', unit: 'kB', digits: 1, compared: true, of: ({ heap }) => heap / 1000 },
  { case: 'bundle, minified, gzipped', unit: 'kB', digits: 2, compared: false, of: ({ bundle }) => bundle / 1000 },
  { case: 'history', unit: 'bytes', digits: 0, compared: false, of: ({ history }) => history },
  { case: 'history with start', unit: 'bytes', digits: 0, compared: false, of: (all) => all.historyWithStart },
  { case: 'OTLP', unit: 'bytes', digits: 0, compared: false, of: ({ otlp }) => otlp },
  { case: 'spans lost', unit: 'spans', digits: 0, compared: false, of: ({ lost }) => lost },
  { case: 'lines', unit: 'lines', digits: 1, compared: false, of: ({ lines }) => lines },
];

/** What one variant took in one round, and what processor time its reference took beside it. */
interface Sample extends TemporalFigures {
  readonly cpuBeside: TemporalFigures['cpu'];
}

/**
 * What tracing adds to workers on a real Temporal server. In every round each variant has a new process with one worker, and a new worker
 * of its reference beside it; the two have work in turns of a second, so that a busy machine is busy for both, on a core of their own. A
 * reference is measured beside itself, which shows how far ratios are off by chance.
 *
 * @throws {Error} when the official interceptors are chosen and cannot be installed
 */
export async function measureTemporal(
  { filter, rounds, seconds }: TemporalOptions,
  report: (line: string) => void,
): Promise<TemporalResult[]> {
  const variants = chosenVariants(filter);
  const sdks = {
    own: OWN_SDK,
    official: variants.some(({ sdk }) => sdk === 'official') ? await officialSdk(report) : OWN_SDK,
  };
  const tool = await ensureTemporal(report);
  const folder = await mkdtemp(join(tmpdir(), 'onetrace-bench-'));
  const samples = new Map<string, Sample[]>(variants.map(({ name }) => [name, []]));
  const core = ownCore(report);
  try {
    const searchAttributes = ['TraceId=Keyword'];
    const temporal = await startTemporal({ tool, folder, headless: true, searchAttributes });
    try {
      const place = { sdks, address: temporal.address, core };
      for (let round = 1; round <= rounds; round += 1) {
        for (const variant of variants) {
          report(`round ${round} of ${rounds}: ${variant.name}`);
          samples.get(variant.name)?.push(await measureBesideReference(variant, place, seconds));
        }
      }
    } finally {
      await temporal.stop();
    }
  } finally {
    core.release();
    await rm(folder, { recursive: true });
  }
  return MEASURES.flatMap((measure) =>
    variants.map((variant) =>
      summary(measure, variant, samples.get(variant.name) ?? [], samples.get(variant.reference) ?? []),
    ),
  );
}

/** Where all workers run. */
interface Place {
  readonly sdks: Readonly<Record<TemporalVariant['sdk'], InstalledSdk>>;
  /** Of the server. */
  readonly address: string;
  readonly core: OwnCore;
}

async function measureBesideReference(
  variant: TemporalVariant,
  { sdks, address, core }: Place,
  seconds: number,
): Promise<Sample> {
  const server = { ...sdks[variant.sdk], address };
  const connection = await Connection.connect({ address });
  const workers: MeasuredWorker[] = [];
  try {
    const reference = await MeasuredWorker.start(referenceOf(variant), server, connection, core);
    workers.push(reference);
    const own = await MeasuredWorker.start(variant, server, connection, core);
    workers.push(own);
    const workloads = Object.keys(WORKLOADS) as Workload[];
    for (const workload of workloads)
      await inTurns(workers, WARM_UP_TURNS, (worker) => worker.warmUp(workload, TURN_SECONDS));
    for (const workload of workloads)
      await inTurns(workers, seconds / TURN_SECONDS, (worker) => worker.turn(workload, TURN_SECONDS));
    return { ...(await own.figures()), cpuBeside: reference.cpu };
  } finally {
    await Promise.all(workers.map((each) => each.stop()));
    await connection.close();
  }
}

/** The one that was last is the first of the next turn, so that what becomes slower meets both alike. */
async function inTurns<Worker>(
  workers: readonly Worker[],
  turns: number,
  work: (worker: Worker) => Promise<void>,
): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    for (const worker of turn % 2 === 0 ? workers : workers.toReversed()) await work(worker);
  }
}

/** @param samples of the variant, by round. */
function summary(
  { case: name, unit, digits, compared, of }: Measure,
  variant: TemporalVariant,
  samples: readonly Sample[],
  references: readonly Sample[],
): TemporalResult {
  const pairs = samples.map((sample, round): [own: number, reference: number] => {
    const reference = references[round];
    return [of(sample), reference === undefined ? Number.NaN : of({ ...reference, cpu: sample.cpuBeside })];
  });
  const ratios = pairs.map(([own, reference]) => rounded(own / reference, 3));
  return {
    bench: 'temporal',
    case: name,
    variant: variant.name,
    value: rounded(median(pairs.map(([own]) => own)), digits),
    unit,
    added: rounded(median(pairs.map(([own, reference]) => own - reference)), digits),
    ...(compared ? { ratio: rounded(median(ratios), 3), ratios } : {}),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
