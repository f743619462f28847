import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { median } from './median.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What is measured: one variant of one case of one file. */
export interface Measurement {
  readonly file: string;
  /** Name of the file, without its role. */
  readonly bench: string;
  readonly case: string;
  readonly variant: string;
}

/** One figure, as every bench of the repository gives it. */
export interface BenchResult {
  readonly bench: string;
  readonly case: string;
  readonly variant: string;
  readonly value: number;
  readonly unit: 'ns';
}

/** All measurements of `*.bench.ts` beside the libraries' sources whose `bench case variant` contains the filter. */
export async function findMeasurements(filter: string): Promise<Measurement[]> {
  const found: Measurement[] = [];
  for (const path of globSync('libs/*/src/**/*.bench.ts', { cwd: ROOT }).sort()) {
    const file = join(ROOT, path);
    const cases = JSON.parse(await inChild([file])) as Record<string, string[]>;
    const bench = basename(file, '.bench.ts');
    for (const [name, variants] of Object.entries(cases)) {
      for (const variant of variants) found.push({ file, bench, case: name, variant });
    }
  }
  return found.filter((measurement) => label(measurement).includes(filter));
}

/**
 * Nanoseconds an operation of each measurement: processor time, the median over rounds of each round's mean. Every measurement of every round
 * has a process of its own, so that no variant meets what another one left in the engine or in OpenTelemetry's globals;
 * rounds are interleaved, so that a busy machine is busy for all.
 */
export async function measureAll(
  measurements: readonly Measurement[],
  rounds: number,
  report: (line: string) => void,
): Promise<BenchResult[]> {
  const samples = measurements.map((): number[] => []);
  for (let round = 1; round <= rounds; round += 1) {
    report(`round ${round} of ${rounds}`);
    for (const [index, measurement] of measurements.entries()) {
      samples[index]?.push(Number(await inChild([measurement.file, measurement.case, measurement.variant])));
    }
  }
  return measurements.map(({ bench, case: name, variant }, index) => ({
    bench,
    case: name,
    variant,
    value: Math.round(median(samples[index] ?? []) * 10) / 10,
    unit: 'ns',
  }));
}

function label({ bench, case: name, variant }: Measurement): string {
  return `${bench} ${name} ${variant}`;
}

function inChild(args: readonly string[]): Promise<string> {
  const hooks = pathToFileURL(join(import.meta.dirname, 'bench-source.hooks.ts')).href;
  const program = join(import.meta.dirname, 'micro.process.ts');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', '--no-warnings', '--import', hooks, program, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString());
      else reject(new Error(`the bench process of "${args.join(' ')}" ended with ${String(code)}`));
    });
  });
}
