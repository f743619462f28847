import { type ContinueAsNewInput, workflowInfo } from '@temporalio/workflow';
import { TEMPORAL } from '../../semantics/index.js';
import {
  carriedAttributeName,
  replacedSearchAttribute,
  type SearchableOptions,
  withSearchAttribute,
} from './search-attribute.js';
import { carrierOf, nextTraceId, type TraceState } from './trace-state.js';
import { withTracerData } from './tracer-data.js';

/** The options of a child or of the next run with the search attribute in which this run carries the trace ID, if it does. */
export function passOnSearchAttribute<Options extends SearchableOptions>(state: TraceState, options: Options): Options {
  const name = carriedAttributeName(workflowInfo().typedSearchAttributes, state.run.traceId);
  return name === undefined ? options : withSearchAttribute(options, name, state.run.traceId);
}

/** The input of a continue-as-new whose next run stays in the trace. */
export function continued(state: TraceState, input: ContinueAsNewInput): ContinueAsNewInput {
  // Without attributes of its own the next run inherits all of this one's, ours among them.
  return replacesAttributes(input.options) ? { ...input, options: passOnSearchAttribute(state, input.options) } : input;
}

/**
 * The input of a continue-as-new whose next run has a trace of its own, linked to the given span. Its ID is chosen here,
 * because what the run is found by has to be set here. Without `_tracer-data` every other language begins a trace too.
 */
export function continuedInNewTrace(state: TraceState, input: ContinueAsNewInput, spanId: string): ContinueAsNewInput {
  const traceId = nextTraceId();
  const carrier = { ...carrierOf(state, spanId), [TEMPORAL.ownTraceId]: traceId };
  const { typedSearchAttributes: carried, memo = {} } = workflowInfo();
  const name = carriedAttributeName(carried, state.run.traceId);

  const { options } = input;
  return {
    ...input,
    headers: withTracerData(input.headers, carrier, TEMPORAL.creatorHeader),
    options: {
      ...(name === undefined
        ? options
        : replacesAttributes(options)
          ? withSearchAttribute(options, name, traceId)
          : { ...options, ...replacedSearchAttribute(carried, name, traceId) }),
      ...(memo[TEMPORAL.memoKey] === state.run.traceId
        ? { memo: { ...(options.memo ?? memo), [TEMPORAL.memoKey]: traceId } }
        : {}),
    },
  };
}

function replacesAttributes({ searchAttributes, typedSearchAttributes }: SearchableOptions): boolean {
  return searchAttributes !== undefined || typedSearchAttributes !== undefined;
}
