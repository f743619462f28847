import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import type { ConnectorOptions } from './connector.options.js';

/** Options that only calls of models have a use for. */
const OF_MODELS = ['captureContent', 'prices'] as const;
/** Timeouts that are parts of `totalMs`. */
const PARTS = ['connectMs', 'headersMs', 'firstTokenMs', 'idleMs'] as const;

/**
 * Checks that no option makes another one useless. Defaults give way without a word.
 *
 * @param options checked one by one.
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function checkConflicts(options: ConnectorOptions): void {
  const { name, protocol, timeouts = {}, retry = {} } = options;
  const refuse = (problem: string): never => {
    throw new OnetraceError(ERROR_CODES.invalidOption, `Connector "${name}" ${problem}`);
  };
  for (const option of OF_MODELS) {
    const value = options[option];
    if (protocol === 'http' && value !== undefined && value !== false)
      refuse(
        `option "${option}" is for calls of models, and protocol 'http' makes none; leave it out, or take 'openai' or 'kserve'`,
      );
  }
  if (protocol === 'kserve' && options.prices !== undefined)
    refuse(
      `option "prices" would never count with protocol 'kserve', whose servers do not say how many tokens they used; leave it out, or take 'openai'`,
    );
  const { totalMs = Number.POSITIVE_INFINITY } = timeouts;
  for (const part of PARTS) {
    const value = timeouts[part] ?? 0;
    if (value > totalMs)
      refuse(
        `option "timeouts.${part}" is ${value} and would never count beside "timeouts.totalMs" of ${totalMs}; lower the one or raise the other`,
      );
  }
  const { initialDelayMs = 0, maxDelayMs = Number.POSITIVE_INFINITY } = retry;
  if (initialDelayMs > maxDelayMs)
    refuse(
      `option "retry.initialDelayMs" is ${initialDelayMs} and above "retry.maxDelayMs" of ${maxDelayMs}; lower the one or raise the other`,
    );
}
