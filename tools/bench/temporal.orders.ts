import type { TemporalVariant, Workload } from './temporal.variants.ts';

/** What a worker process is started with. */
export interface TemporalWorkerSettings {
  readonly variant: TemporalVariant;
  /** Folder whose `node_modules` has the SDK. */
  readonly folder: string;
  readonly workflowsPath: string;
  /** `host:port` of the Temporal server. */
  readonly address: string;
  /** URL of the receiver of spans. */
  readonly receiver: string;
  readonly taskQueue: string;
}

/**
 * What a worker process is asked: `flush` hands over all spans; `cpu` is the processor time in microseconds of all threads so far;
 * `heap` the bytes in use in the workflow thread after a collection of garbage; `bundle` the bytes of the workflow bundle,
 * minified and gzipped; `run` starts workflows through a client of the variant and waits for their ends.
 */
export type TemporalOrder =
  | { readonly do: 'flush' | 'cpu' | 'heap' | 'bundle' }
  | { readonly do: 'run'; readonly workload: Workload; readonly workflowIds: readonly string[] };

/** The answer to an order, or to the start; `cpu`, `heap` and `bundle` have a value. */
export interface TemporalReply {
  readonly value?: number;
  readonly error?: string;
}
