import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
// Not by its name, which an older Node.js does not know: it would say so before we can say which one is needed.
import * as util from 'node:util';
import type { DestinationStream } from 'pino';
import { nestjsPino } from './nestjs-pino.js';
import { NAMES_LEVELS, needsNumbers, noteKnowsLevels } from './transport-traits.js';

/** Where pino lets a bundler say which files its threads run. */
const PATHS = '__bundlerPathsOverrides';
const WORKER = 'pino-worker';

const place = globalThis as { [PATHS]?: Readonly<Record<string, string>> };

let wasAsked = false;
let ours: Readonly<Record<string, string>> | undefined;

/**
 * Lets transports that pino makes of options know the levels of our lines, until `modulesLoggerMade`: nestjs-pino makes
 * its logger of the application's options before anybody else has seen them.
 */
export function expectModulesLogger(): void {
  const worker = workerFile();
  const isMade = nestjsPino().PinoLogger.root !== undefined;
  if (isMade || !NAMES_LEVELS || worker === undefined || place[PATHS] !== undefined) return;
  wasAsked = false;
  ours = Object.defineProperty({}, WORKER, {
    enumerable: true,
    get: () => {
      wasAsked = true;
      return worker;
    },
  });
  place[PATHS] = ours;
}

/**
 * nestjs-pino has its logger, which writes to this stream.
 *
 * @param isFromOptions whether pino made the stream of the options of the application's LoggerModule
 */
export function modulesLoggerMade(stream: DestinationStream, isFromOptions: boolean): void {
  if (ours === undefined || place[PATHS] !== ours) return;
  delete place[PATHS];
  if (wasAsked && isFromOptions && needsNumbers(stream)) noteKnowsLevels(stream);
}

/** `undefined` when the application was bundled and there is no such file. */
function workerFile(): string | undefined {
  // The ESM build has only `import.meta`, which the CommonJS build cannot even parse.
  const script = util.getCallSites(1, { sourceMap: false })[0]?.scriptName;
  if (!script) return undefined;
  const own = script.startsWith('file:') ? script : pathToFileURL(script).href;
  const worker = fileURLToPath(new URL('./transport-worker.js', own));
  return existsSync(worker) ? worker : undefined;
}
