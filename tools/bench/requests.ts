import { median } from './median.ts';
import { MeasuredVariant } from './requests.measured.ts';
import { type Platform, REFERENCE, type RequestVariant, VARIANTS } from './requests.variants.ts';

/** How long one variant is asked before it is the next one's turn. */
const TURN_SECONDS = 0.25;

/** How the requests are measured. */
export interface RequestsOptions {
  readonly platform: Platform;
  /** Measures the variants whose name contains this text, and the one that they are held against. */
  readonly filter: string;
  readonly rounds: number;
  /** How long each variant is asked in a round, at least. */
  readonly seconds: number;
}

/** What one variant costs. */
export interface RequestsResult {
  readonly bench: 'requests';
  readonly case: Platform;
  readonly variant: string;
  /** Processor time of a request: the median over the rounds. */
  readonly value: number;
  readonly unit: 'us';
  /** Lines that each request wrote: counted. */
  readonly lines: number;
  /** Median over the rounds of this variant's time by that of nestjs-pino alone in the same round. */
  readonly ratio: number;
  readonly ratios: readonly number[];
}

/**
 * Processor time of a request to real applications of Nest, over connections that are kept open. In every round each variant has a new
 * process; they are asked in turns of a fraction of a second, so that a busy machine is busy for all.
 *
 * @throws {Error} when a variant writes another number of lines than it should, or no spans where it should send them.
 */
export async function measureRequests(
  { platform, filter, rounds, seconds }: RequestsOptions,
  report: (line: string) => void,
): Promise<RequestsResult[]> {
  const variants = VARIANTS.filter(({ name }) => name === REFERENCE || name.includes(filter));
  const samples = variants.map((): number[] => []);
  for (let round = 1; round <= rounds; round += 1) {
    report(`round ${round} of ${rounds}`);
    for (const [index, value] of (await measureRound(platform, variants, seconds)).entries())
      samples[index]?.push(value);
  }
  const reference = samples[variants.findIndex(({ name }) => name === REFERENCE)] ?? [];
  return variants.map(({ name, lines }, index) => {
    const values = samples[index] ?? [];
    const ratios = values.map((value, round) => rounded(value / (reference[round] ?? Number.NaN), 3));
    return {
      bench: 'requests',
      case: platform,
      variant: name,
      value: rounded(median(values), 1),
      unit: 'us',
      lines,
      ratio: rounded(median(ratios), 3),
      ratios,
    };
  });
}

async function measureRound(
  platform: Platform,
  variants: readonly RequestVariant[],
  seconds: number,
): Promise<number[]> {
  const measured: MeasuredVariant[] = [];
  try {
    for (const variant of variants) measured.push(await MeasuredVariant.start(platform, variant));
    for (let turn = 0; turn < seconds / TURN_SECONDS; turn += 1) {
      for (const each of measured) await each.turn(TURN_SECONDS);
    }
    return await Promise.all(measured.map((each) => each.result()));
  } finally {
    await Promise.all(measured.map((each) => each.stop()));
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
