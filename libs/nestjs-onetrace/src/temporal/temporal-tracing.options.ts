import { OnetraceError, ERROR_CODES, TEMPORAL } from '../semantics/index.js';

/** What `temporalTracing` may be told; nothing is needed. */
export interface TemporalTracingOptions {
  /**
   * Search attribute (Keyword) that takes the trace ID of every workflow started; `TraceId` unless given, `false` sets
   * none. Where the namespace does not have it, it is registered; where that is not allowed, the memo takes the ID.
   */
  readonly searchAttribute?: string | false;
}

/** The options with nothing left open. */
export interface ResolvedTemporalTracingOptions {
  readonly searchAttribute: string | false;
}

// What the server takes as a name without quotes in a query.
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** @throws OnetraceError ONETRACE_INVALID_OPTION when the attribute's name cannot be one. */
export function resolveTemporalTracingOptions({
  searchAttribute = TEMPORAL.searchAttribute,
}: TemporalTracingOptions = {}): ResolvedTemporalTracingOptions {
  if (searchAttribute !== false && !(typeof searchAttribute === 'string' && NAME.test(searchAttribute))) {
    throw new OnetraceError(
      ERROR_CODES.invalidOption,
      `temporalTracing: searchAttribute is ${JSON.stringify(searchAttribute)}; it takes false or a name of letters, ` +
        'digits and underscores that begins with a letter, for example "TraceId"',
    );
  }
  return { searchAttribute };
}
