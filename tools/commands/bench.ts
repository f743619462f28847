/**
 * `npm run bench -- micro`: the micro-benchmarks beside the sources. `--filter x` takes those whose `bench case variant` contains x,
 * `--rounds n` says how often (5), `--json` prints one object a line.
 *
 * `npm run bench -- requests`: processor time of a request to real applications of Nest, with two lines each, against that of
 * nestjs-pino alone. `--platform fastify` takes Fastify instead of Express, `--filter x` the variants whose name contains x, `--seconds s`
 * says how long each measurement takes (3), `--rounds n` and `--json` as above.
 *
 * `npm run bench -- temporal`: what tracing adds to Temporal workers, ours beside the official interceptors; the same options.
 *
 * `npm run bench -- connector`: what a call of a model costs over undici alone, ours beside the instrumented openai package; the same options.
 */
import { parseArgs } from 'node:util';
import { measureConnector } from '../bench/connector.ts';
import { findMeasurements, measureAll } from '../bench/micro.ts';
import { measureRequests } from '../bench/requests.ts';
import { measureTemporal } from '../bench/temporal.ts';
import { build } from '../build/build.ts';

const USAGE = `Usage:
  npm run bench -- micro [--filter <text>] [--rounds <n>] [--json]
  npm run bench -- requests [--platform express|fastify] [--filter <text>] [--rounds <n>] [--seconds <s>] [--json]
  npm run bench -- temporal [--filter <text>] [--rounds <n>] [--seconds <s>] [--json]
  npm run bench -- connector [--filter <text>] [--rounds <n>] [--seconds <s>] [--json]`;

const report = (line: string): void => console.error(line);

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      filter: { type: 'string', default: '' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      platform: { type: 'string', default: 'express' },
    },
  });
  const { filter, platform, json } = values;
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  const isPlatform = platform === 'express' || platform === 'fastify';
  if (!isPlatform || !Number.isInteger(rounds) || rounds < 1 || !(seconds > 0)) throw new Error(USAGE);
  const benches: Readonly<Record<string, () => Promise<object[]>>> = {
    micro: async () => measureAll(await findMeasurements(filter), rounds, report),
    requests: () => measureRequests({ platform, filter, rounds, seconds }, report),
    temporal: () => measureTemporal({ filter, rounds, seconds }, report),
    connector: () => measureConnector({ filter, rounds, seconds }, report),
  };
  const measure = positionals.length === 1 ? benches[positionals[0] ?? ''] : undefined;
  if (measure === undefined) throw new Error(USAGE);
  process.exitCode = await build({ commonJs: false });
  if (process.exitCode === 0) print(await measure(), json);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function print(results: readonly object[], json: boolean): void {
  if (json) for (const result of results) console.log(JSON.stringify(result));
  else console.table(results);
}
