/**
 * `npm run bench -- micro`: the micro-benchmarks beside the sources. `--filter x` takes those whose `bench case variant` contains x,
 * `--rounds n` says how often (5), `--json` prints one object a line.
 */
import { parseArgs } from 'node:util';
import { findMeasurements, measureAll } from '../bench/micro.ts';
import { build } from '../build/build.ts';

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      filter: { type: 'string', default: '' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const rounds = Number(values.rounds);
  if (positionals.join(' ') !== 'micro' || !Number.isInteger(rounds) || rounds < 1) {
    throw new Error('Usage: npm run bench -- micro [--filter <text>] [--rounds <n>] [--json]');
  }
  process.exitCode = await build({ commonJs: false });
  if (process.exitCode === 0) await run(values.filter, rounds, values.json);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(filter: string, rounds: number, json: boolean): Promise<void> {
  const results = await measureAll(await findMeasurements(filter), rounds, (line) => console.error(line));
  if (json) for (const result of results) console.log(JSON.stringify(result));
  else console.table(results);
}
