// Not by its name, which an older Node.js does not know: it would say so before we can say which one is needed.
import * as util from 'node:util';
import {
  pino,
  type transport,
  type TransportMultiOptions,
  type TransportPipelineOptions,
  type TransportSingleOptions,
} from 'pino';
import { lineLevels } from './line-levels.js';
import { NAMES_LEVELS, noteKnowsLevels } from './transport-traits.js';

/**
 * `pino.transport` for lines of the schema: its targets find the level of a line by its name. Takes the same options;
 * with levels of your own name them under `levels`, as pino wants it too.
 */
export function lineTransport(
  options: TransportSingleOptions | TransportMultiOptions | TransportPipelineOptions,
): ReturnType<typeof transport> {
  // Targets are looked for from where the caller stands, not from here.
  const caller = util
    .getCallSites()
    .flatMap(({ scriptName }, depth) => (depth === 0 || scriptName === '' ? [] : scriptName));
  // It stands in no declaration of pino's, but bundlers and nestjs-pino use it.
  const from = { caller } as object;
  if (!('targets' in options)) return noteKnowsLevels(pino.transport({ ...from, ...options }));
  const stream = pino.transport({ ...from, ...options, levels: lineLevels(options.levels) });
  return NAMES_LEVELS ? noteKnowsLevels(stream) : stream;
}
