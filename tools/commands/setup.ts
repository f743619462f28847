/** `node tools/run.mjs setup`: brings the programs that the demo and the tests need and says where each came from. */
import { elapsed } from '../setup/progress.ts';
import { ensureLanguageWorker, LANGUAGES } from '../setup/language-workers.ts';
import { ensureModelServer, SMALL_MODEL_SERVERS } from '../setup/model-servers.ts';
import { ensureNginx } from '../setup/nginx.ts';
import { ensureTemporal } from '../setup/temporal.ts';
import type { Tool } from '../setup/tool.ts';

const ORIGINS: Record<Tool['origin'], string> = {
  environment: 'named by an environment variable',
  path: 'found on this machine',
  cache: 'from the cache',
  download: 'downloaded and verified',
  build: 'built from its Go module',
  package: "from the system's package",
};

const report = (line: string): void => console.error(line);
const started = Date.now();
const outcomes = await Promise.allSettled([ensureTemporal(report), ensureNginx(report)]);
for (const outcome of outcomes) {
  if (outcome.status === 'fulfilled') {
    const { name, version, origin, path } = outcome.value;
    console.log(`${name.padEnd(9)} ${version.padEnd(8)} ${ORIGINS[origin]}: ${path}`);
  } else {
    console.error(outcome.reason instanceof Error ? outcome.reason.message : outcome.reason);
    process.exitCode = 1;
  }
}
const forTests: readonly (readonly [what: string, path: Promise<string>])[] = [
  ...LANGUAGES.map((language) => {
    const command = ensureLanguageWorker(language, report).then((worker) => worker.command);
    return [`${language.padEnd(18)} for the tests of other languages`, command] as const;
  }),
  ...SMALL_MODEL_SERVERS.map(
    (server) => [`${server.padEnd(18)} for the tests of model servers`, ensureModelServer(server, report)] as const,
  ),
];
const found = await Promise.allSettled(forTests.map(([, path]) => path));
for (const [index, outcome] of found.entries()) {
  if (outcome.status === 'fulfilled') {
    console.log(`${forTests[index]?.[0]}: ${outcome.value}`);
  } else {
    console.error(outcome.reason instanceof Error ? outcome.reason.message : outcome.reason);
    process.exitCode = 1;
  }
}
if (!process.exitCode) console.log(`Everything is there (${elapsed(started)}).`);
