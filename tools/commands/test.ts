/** `npm test`: brings the tools, builds, and runs every suite that needs no stack; arguments go to Jest. */
import { build, run } from '../build/build.ts';
import { ensureLanguageWorker, LANGUAGES } from '../setup/language-workers.ts';
import { ensureModelServer, SMALL_MODEL_SERVERS } from '../setup/model-servers.ts';
import { ensureNginx } from '../setup/nginx.ts';
import { ensureTemporal } from '../setup/temporal.ts';

const report = (line: string): void => console.error(line);
// A machine without Python or Go can run everything else: the tests that need them fail by themselves, and say why.
const tellMissing = (error: unknown): void => report(error instanceof Error ? error.message : String(error));
try {
  await Promise.all([
    ensureTemporal(report),
    ensureNginx(report),
    ...LANGUAGES.map((language) => ensureLanguageWorker(language, report).catch(tellMissing)),
    ...SMALL_MODEL_SERVERS.map((server) => ensureModelServer(server, report).catch(tellMissing)),
  ]);
  process.exitCode =
    (await build({ commonJs: true })) ||
    (await run(
      'node_modules/jest/bin/jest.js',
      // Two at a time: the suites mostly wait for servers.
      ['--maxWorkers', '2', '--testTimeout', '30000', ...process.argv.slice(2)],
      ['--experimental-vm-modules', '--no-warnings'],
    ));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
