/**
 * Records the histories that `histories.spec.ts` replays: `node test/temporal/histories/record.ts [name ...]`; without names those
 * that are missing. Needs the built library, and the registry for the official interceptors.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporal } from '../../../tools/chain/temporal.process.ts';
import { lastLines, runProgram } from '../../../tools/setup/program.ts';
import { ensureTemporal } from '../../../tools/setup/temporal.ts';
import type { Execution, RecordingOrder } from './record.process.ts';
import { type Recording, RECORDINGS } from './variants.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..', '..');
const WORKFLOWS = 'recorded.fixture.ts';

const names = process.argv.slice(2);
const wanted = RECORDINGS.filter(({ name }) => (names.length === 0 ? !existsSync(fileOf(name)) : names.includes(name)));
const folder = await mkdtemp(join(tmpdir(), 'onetrace-histories-'));
try {
  const tool = await ensureTemporal((line) => console.error(line));
  const temporal = await startTemporal({
    tool,
    folder: join(folder, 'temporal'),
    headless: true,
    searchAttributes: ['TraceId=Keyword'],
  });
  try {
    for (const recording of wanted) await record(recording, temporal.address, tool.path);
  } finally {
    await temporal.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function record(recording: Recording, address: string, cli: string): Promise<void> {
  const packages = recording.packages === undefined ? ROOT : await install(recording.name, recording.packages);
  const order: RecordingOrder = {
    recording,
    address,
    folder: packages,
    workflowsPath: join(packages === ROOT ? join(HERE, '..') : packages, WORKFLOWS),
  };
  const said = await run(
    process.execPath,
    ['--no-warnings', join(HERE, 'record.process.ts'), JSON.stringify(order)],
    ROOT,
  );
  const executions = JSON.parse(lastLines(said, 1)) as Execution[];
  const histories: string[] = [];
  for (const { workflowId, runId } of executions) {
    const show = ['workflow', 'show', '--output', 'json', '--address', address, '-w', workflowId, '-r', runId];
    // By line: small, and a change shows what changed.
    const { events } = JSON.parse(await run(cli, show, ROOT)) as { events: unknown[] };
    const lines = events.map((event) => JSON.stringify(event)).join(',\n');
    histories.push(`{"workflowId":${JSON.stringify(workflowId)},"history":{"events":[\n${lines}\n]}}`);
  }
  await mkdir(join(HERE, 'test-fixtures'), { recursive: true });
  await writeFile(fileOf(recording.name), `[\n${histories.join(',\n')}\n]\n`);
  console.log(`recorded ${recording.name}`);
}

/** A folder with packages of its own, and beside them the workflow, which finds its SDK there. */
async function install(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  const into = join(folder, name);
  await mkdir(into);
  await writeFile(join(into, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], into);
  await copyFile(join(HERE, '..', WORKFLOWS), join(into, WORKFLOWS));
  return into;
}

async function run(program: string, args: string[], cwd: string): Promise<string> {
  const { code, output } = await runProgram(program, args, { cwd });
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} ended with ${String(code)}: ${lastLines(output, 30)}`);
  return output;
}

function fileOf(name: string): string {
  return join(HERE, 'test-fixtures', `${name}.json`);
}
