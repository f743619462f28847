import { TEMPORAL } from '../semantics/index.js';
import type { TemporalTracingOptions } from './temporal-tracing.options.js';

/** What one option of `temporalTracing` takes, and what applies where it is left out. */
export interface TemporalOptionRule {
  /** Completes "it takes ..." in the message, and stands in the reference. */
  readonly accepts: string;
  readonly test: (value: unknown) => boolean;
  readonly otherwise: string;
}

// What the server takes as a name without quotes in a query.
const ATTRIBUTE_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

const TABLE: Readonly<Record<keyof TemporalTracingOptions, TemporalOptionRule>> = {
  searchAttribute: {
    accepts: 'false or a name of letters, digits and underscores that begins with a letter',
    test: (value) => value === false || (typeof value === 'string' && ATTRIBUTE_NAME.test(value)),
    otherwise: `\`${TEMPORAL.searchAttribute}\``,
  },
  staticSummary: {
    accepts: 'true or false',
    test: (value) => typeof value === 'boolean',
    otherwise: 'false',
  },
  runWorkflowSpan: oneOf('onStart', 'onComplete'),
  continueAsNew: oneOf('sameTrace', 'newTrace'),
};

function oneOf(standard: string, other: string): TemporalOptionRule {
  return {
    accepts: `"${standard}" or "${other}"`,
    test: (value) => value === standard || value === other,
    otherwise: `\`${standard}\``,
  };
}

/** Every option of `temporalTracing`; the compiler holds it to the public type, a test holds the reference to it. */
export const TEMPORAL_OPTION_RULES: ReadonlyMap<string, TemporalOptionRule> = new Map(Object.entries(TABLE));
