import type { Flow, FlowSpan } from '../../libs/onetrace/src/index.ts';

/** A hop of the chain that must be found under the trace ID, with at least one span, and one line unless it writes none. */
export interface Hop {
  component: string;
  /** A span of this hop. */
  span: RegExp;
  /** A line of this hop; a server that cannot log a trace ID has none. */
  line?: RegExp;
}

/** The hops of every request up to the connector, in the order in which they begin. */
const HOPS_TO_CONNECTOR: readonly Hop[] = [
  { component: 'nginx', span: /^edge POST /, line: /POST/ },
  { component: 'gateway', span: /^POST \/v1\/pipelines\/:pipeline\/runs$/, line: /^request started$/ },
  { component: 'temporal', span: /^StartWorkflow:runPipeline$/, line: /^workflow started$/ },
  { component: 'worker', span: /^RunWorkflow:runPipeline$/, line: /^workflow started$/ },
  { component: 'worker', span: /^RunActivity:preprocess$/, line: /^activity started$/ },
  { component: 'worker', span: /^RunActivity:inference$/, line: /^activity started$/ },
];

/** The hops of a request for a text. */
export const HOPS: readonly Hop[] = [
  ...HOPS_TO_CONNECTOR,
  { component: 'connector', span: /^chat tiny$/, line: /^model request sent$/ },
  { component: 'inference', span: /^llm_request$/, line: /request/ },
];

/** The hops of a request for a tensor, whose model the real Triton runs. */
export const TRITON_HOPS: readonly Hop[] = [
  ...HOPS_TO_CONNECTOR,
  { component: 'connector', span: /^infer add$/, line: /^model request sent$/ },
  { component: 'triton', span: /^InferRequest$/ },
  { component: 'triton', span: /^add$/ },
  { component: 'triton', span: /^compute$/ },
];

/** The last hop of a run that succeeds. */
export const POSTPROCESS: Hop = { component: 'worker', span: /^RunActivity:postprocess$/, line: /^activity started$/ };

/** Everything that is wrong with a flow, as sentences; empty for a whole story. */
export function findGaps(flow: Flow, hops: readonly Hop[]): string[] {
  const gaps: string[] = [];
  let last: FlowSpan | undefined;
  for (const hop of hops) {
    const span = flow.spans.find(({ component, name }) => component === hop.component && hop.span.test(name));
    if (span === undefined) gaps.push(`no span ${hop.span} of ${hop.component}`);
    else if (span.rebuilt) gaps.push(`the span ${span.name} was rebuilt from a line; it never arrived`);
    const { line } = hop;
    if (line && !flow.lines.some(({ component, message }) => component === hop.component && line.test(message))) {
      gaps.push(`no line ${line} of ${hop.component}`);
    }
    if (span !== undefined && last !== undefined && span.startMs < last.startMs - CLOCK_GRAIN_MS) {
      gaps.push(`${span.name} begins before ${last.name}`);
    }
    last = span ?? last;
  }
  if (flow.roots.length !== 1) gaps.push(`${flow.roots.length} roots instead of one`);
  for (const { spanId, parentSpanId } of flow.danglingParents)
    gaps.push(`span ${spanId} hangs under ${parentSpanId}, which is nowhere`);
  if (flow.duplicates.spans.length > 0) gaps.push(`spans that came twice: ${flow.duplicates.spans.join(', ')}`);
  const foreign = flow.spans.filter(({ traceId }) => traceId !== flow.traceId);
  if (foreign.length > 0) gaps.push(`${foreign.length} spans of another trace`);
  return gaps;
}

/** nginx and workflows tell time in whole milliseconds. */
const CLOCK_GRAIN_MS = 1;
