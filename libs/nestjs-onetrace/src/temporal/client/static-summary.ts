/** The part of start options that Temporal's page shows beside the workflow. */
export interface SummarisedOptions {
  staticSummary?: string;
}

/** The options with the trace ID as summary; one of the user's, empty or not, stays. */
export function withStaticSummary<Options extends SummarisedOptions>(
  options: Options,
  traceId: string | undefined,
): Options {
  if (traceId === undefined || options.staticSummary !== undefined) return options;
  return { ...options, staticSummary: `Trace ${traceId}` };
}
