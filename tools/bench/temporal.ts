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
import { chosenVariants, type TemporalVariant, type Workload, WORKLOADS } from './temporal.variants.ts';

/** How long one worker has work before it is the next one's turn. */
const TURN_SECONDS = 1;

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
  /** Median over the rounds of what this variant has more than the same SDK without tracing in the same round. */
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

/**
 * What tracing adds to workers on a real Temporal server. In every round each variant has a new process with one worker; they have work in
 * turns of a second, so that a busy machine is busy for all, and one at a time a core of their own.
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
  const samples: TemporalFigures[][] = [];
  const core = ownCore(report);
  try {
    const searchAttributes = ['TraceId=Keyword'];
    const temporal = await startTemporal({ tool, folder, headless: true, searchAttributes });
    try {
      for (let round = 1; round <= rounds; round += 1) {
        report(`round ${round} of ${rounds}`);
        samples.push(await measureRound(variants, { sdks, address: temporal.address, core }, seconds));
      }
    } finally {
      await temporal.stop();
    }
  } finally {
    core.release();
    await rm(folder, { recursive: true });
  }
  return MEASURES.flatMap((measure) => variants.map((variant) => summary(measure, variant, variants, samples)));
}

/** Where the workers of all rounds run. */
interface Place {
  readonly sdks: Readonly<Record<TemporalVariant['sdk'], InstalledSdk>>;
  /** Of the server. */
  readonly address: string;
  readonly core: OwnCore;
}

async function measureRound(
  variants: readonly TemporalVariant[],
  { sdks, address, core }: Place,
  seconds: number,
): Promise<TemporalFigures[]> {
  const connection = await Connection.connect({ address });
  const measured: MeasuredWorker[] = [];
  try {
    for (const variant of variants)
      measured.push(await MeasuredWorker.start(variant, { ...sdks[variant.sdk], address }, connection, core));
    for (const workload of Object.keys(WORKLOADS) as Workload[]) {
      for (let turn = 0; turn < seconds / TURN_SECONDS; turn += 1) {
        for (const each of measured) await each.turn(workload, TURN_SECONDS);
      }
    }
    const figures: TemporalFigures[] = [];
    for (const each of measured) figures.push(await each.figures());
    return figures;
  } finally {
    await Promise.all(measured.map((each) => each.stop()));
    await connection.close();
  }
}

function summary(
  { case: name, unit, digits, compared, of }: Measure,
  variant: TemporalVariant,
  variants: readonly TemporalVariant[],
  samples: readonly (readonly TemporalFigures[])[],
): TemporalResult {
  const valuesOf = (wanted: string): number[] => {
    const index = variants.findIndex((one) => one.name === wanted);
    return samples.map((round) => {
      const figures = round[index];
      return figures === undefined ? Number.NaN : of(figures);
    });
  };
  const values = valuesOf(variant.name);
  const reference = valuesOf(variant.reference);
  const ratios = values.map((value, round) => rounded(value / (reference[round] ?? Number.NaN), 3));
  return {
    bench: 'temporal',
    case: name,
    variant: variant.name,
    value: rounded(median(values), digits),
    unit,
    added: rounded(median(values.map((value, round) => value - (reference[round] ?? Number.NaN))), digits),
    ...(compared ? { ratio: rounded(median(ratios), 3), ratios } : {}),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
