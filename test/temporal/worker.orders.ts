import type { TemporalTracingOptions } from 'nestjs-onetrace/temporal';

/** A worker that is wanted. */
export interface WorkerOrder {
  taskQueue: string;
  /** With the plugin, on worker and bundle. */
  traced: boolean;
  /** With sinks and interceptors composed by hand instead. */
  byHand?: boolean;
  /** 0 makes every workflow task replay the history. */
  maxCachedWorkflows?: number;
  /** Offers the Nexus service of the fixture too. */
  nexus?: boolean;
  /** How long a workflow task waits for the worker that has the workflow in its cache, before any may take it. */
  stickyQueueScheduleToStartTimeout?: '500ms';
  /** With the data converter of an application that encrypts its payloads. */
  encrypting?: boolean;
  /** Options of the plugin with which its workflows are bundled. */
  tracing?: TemporalTracingOptions;
  /** Lets the worker bundle the workflows, instead of a prebuilt bundle. */
  fromPath?: boolean;
}

/** What the specs ask of the worker process. */
export type Order = { id: number } & (
  | ({ do: 'work' } & WorkerOrder)
  | { do: 'end'; taskQueue: string }
  | { do: 'replay'; workflowId: string; runId?: string; traced: boolean; replacing?: { from: string; to: string } }
  | { do: 'start eagerly'; taskQueue: string; workflowId: string; traceId: string }
  | { do: 'replay history'; history: unknown; workflowId: string; traced: boolean }
  | { do: 'seen by the user' }
  | { do: 'quit' }
);
