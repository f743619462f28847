import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endChild } from '../chain/child-end.ts';
import { MeasuredClient, type Workload, WORKLOADS } from './connector.measured.ts';
import { instrumentedOpenAi } from './connector.packages.ts';
import { chosenVariants, type ConnectorVariant } from './connector.variants.ts';
import { median } from './median.ts';

/** How long one client has work before it is the next one's turn. */
const TURN_SECONDS = 0.5;

/** How calls of models are measured. */
export interface ConnectorBenchOptions {
  /** Measures the variants whose name contains this text, and the one that they are held against. */
  readonly filter: string;
  readonly rounds: number;
  /** How long each variant has work in a round, with each workload, at least. */
  readonly seconds: number;
}

/** One figure of one variant. */
export interface ConnectorBenchResult {
  readonly bench: 'connector';
  /** What was measured. */
  readonly case: string;
  readonly variant: string;
  /** Median over the rounds. */
  readonly value: number;
  readonly unit: 'us' | 'calls/s' | 'kB';
  /** Median over the rounds of what this variant has more than undici alone in the same round. */
  readonly added: number;
  /** The same as a ratio; where one says something. */
  readonly ratio?: number;
  readonly ratios?: readonly number[];
}

interface Measure {
  readonly case: string;
  readonly unit: ConnectorBenchResult['unit'];
  readonly of: (measured: MeasuredClient) => number;
}

const rate = (workload: Workload) => (measured: MeasuredClient) =>
  measured.of(workload).calls / measured.of(workload).seconds;

const MEASURES: readonly Measure[] = [
  { case: 'CPU of a call', unit: 'us', of: (all) => all.of('call').cpu / all.of('call').calls },
  { case: 'CPU of a streamed event', unit: 'us', of: (all) => all.of('stream').cpu / all.of('stream').events },
  { case: 'throughput, 32 at once', unit: 'calls/s', of: rate('throughput') },
  { case: 'throughput, 32 at once, model thinks 10 ms', unit: 'calls/s', of: rate('patientThroughput') },
];
const GROWTH = ['grown by 100,000 calls', 'grown by 1,000 abandoned streams'];

/**
 * What a call of a model costs the caller, over HTTP to a server of this machine. In every round each variant has a new process; they have
 * work in turns of half a second, so that a busy machine is busy for all. Memory is looked at once, after the rounds.
 *
 * @throws {Error} when a variant writes another number of lines than it should, or no spans where it should send them, or when the openai
 * package is chosen and cannot be installed
 */
export async function measureConnector(
  { filter, rounds, seconds }: ConnectorBenchOptions,
  report: (line: string) => void,
): Promise<ConnectorBenchResult[]> {
  const variants = chosenVariants(filter);
  const folder = variants.some(({ client }) => client === 'openai') ? await instrumentedOpenAi(report) : '';
  const server = fork(join(import.meta.dirname, 'connector.server.process.ts'), [], { execArgv: ['--no-warnings'] });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const given = { folder, server: `http://127.0.0.1:${port}` };
    const samples: number[][][] = [];
    for (let round = 1; round <= rounds; round += 1) {
      report(`round ${round} of ${rounds}`);
      samples.push(await measureRound(variants, given, seconds));
    }
    report('memory');
    const grown: number[][] = [];
    for (const variant of variants) grown.push(await growthOf(variant, given));
    return [
      ...MEASURES.flatMap(({ case: name, unit }, measure) =>
        variants.map((variant, index) => {
          const values = samples.map((round) => round[index]?.[measure] ?? Number.NaN);
          const reference = samples.map((round) => round[indexOf(variants, variant)]?.[measure] ?? Number.NaN);
          return summary(name, unit, variant, values, reference);
        }),
      ),
      ...GROWTH.flatMap((name, measure) =>
        variants.map((variant, index): ConnectorBenchResult => {
          const value = rounded((grown[index]?.[measure] ?? Number.NaN) / 1000, 1);
          const reference = (grown[indexOf(variants, variant)]?.[measure] ?? Number.NaN) / 1000;
          const added = rounded(value - reference, 1);
          return { bench: 'connector', case: name, variant: variant.name, value, unit: 'kB', added };
        }),
      ),
    ];
  } finally {
    await endChild(server, 1000, 'SIGKILL');
  }
}

/** The figures of each variant, in the order of the measures. */
async function measureRound(
  variants: readonly ConnectorVariant[],
  given: { readonly folder: string; readonly server: string },
  seconds: number,
): Promise<number[][]> {
  const measured: MeasuredClient[] = [];
  try {
    for (const variant of variants) measured.push(await MeasuredClient.start({ variant, ...given }));
    for (const workload of Object.keys(WORKLOADS) as Workload[]) {
      for (let turn = 0; turn < seconds / TURN_SECONDS; turn += 1) {
        for (const each of measured) await each.turn(workload, TURN_SECONDS);
      }
    }
    for (const each of measured) await each.check();
    return measured.map((each) => MEASURES.map(({ of }) => of(each)));
  } finally {
    await Promise.all(measured.map((each) => each.stop()));
  }
}

async function growthOf(
  variant: ConnectorVariant,
  given: { readonly folder: string; readonly server: string },
): Promise<number[]> {
  const measured = await MeasuredClient.start({ variant, ...given });
  try {
    return await measured.growth();
  } finally {
    await measured.stop();
  }
}

function indexOf(variants: readonly ConnectorVariant[], { reference }: ConnectorVariant): number {
  return variants.findIndex(({ name }) => name === reference);
}

function summary(
  name: string,
  unit: ConnectorBenchResult['unit'],
  variant: ConnectorVariant,
  values: readonly number[],
  reference: readonly number[],
): ConnectorBenchResult {
  const ratios = values.map((value, round) => rounded(value / (reference[round] ?? Number.NaN), 3));
  const digits = unit === 'us' ? 2 : 0;
  return {
    bench: 'connector',
    case: name,
    variant: variant.name,
    value: rounded(median(values), digits),
    unit,
    added: rounded(median(values.map((value, round) => value - (reference[round] ?? Number.NaN))), digits),
    ratio: rounded(median(ratios), 3),
    ratios,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
