import { ERROR_CODES, OnetraceError, TEMPORAL } from '../semantics/index.js';
import { describeReceived, isOptionsObject, nearestName } from '../tracing/index.js';
import { TEMPORAL_OPTION_RULES } from './option-table.js';
import type { ResolvedTemporalTracingOptions, TemporalTracingOptions } from './temporal-tracing.options.js';

/**
 * Checks the user's options and fills in what is left open; `undefined` is the same as left out.
 *
 * @param subject what the user called, for the message.
 * @throws OnetraceError ONETRACE_INVALID_OPTION naming the option, what it got, what it takes and what to do.
 */
export function resolveTemporalTracingOptions(
  given: unknown = {},
  subject = 'temporalTracing',
): ResolvedTemporalTracingOptions {
  if (!isOptionsObject(given)) {
    throw invalidTemporalOption(subject, `got ${describeReceived(given)} as its options; it takes an object`);
  }
  for (const [name, value] of Object.entries(given)) check(subject, name, value);
  const {
    searchAttribute = TEMPORAL.searchAttribute,
    staticSummary = false,
    runWorkflowSpan = 'onStart',
    continueAsNew = 'sameTrace',
  } = given as TemporalTracingOptions;
  return Object.freeze({ searchAttribute, staticSummary, runWorkflowSpan, continueAsNew });
}

/** A mistake in a set-up call of this room. */
export function invalidTemporalOption(subject: string, message: string): OnetraceError {
  return new OnetraceError(ERROR_CODES.invalidOption, `${subject} ${message}`);
}

function check(subject: string, name: string, value: unknown): void {
  const rule = TEMPORAL_OPTION_RULES.get(name);
  if (rule === undefined) {
    const names = [...TEMPORAL_OPTION_RULES.keys()];
    const near = nearestName(name, names);
    const takes = near === undefined ? 'it takes' : `did you mean "${near}"? It takes`;
    throw invalidTemporalOption(subject, `has no option "${name}"; ${takes} ${names.join(', ')}. Rename or remove it`);
  }
  if (value === undefined || rule.test(value)) return;
  throw invalidTemporalOption(
    subject,
    `option "${name}" is ${describeReceived(value)}; it takes ${rule.accepts}. Correct it, or leave it out ` +
      `(then: ${rule.otherwise})`,
  );
}
