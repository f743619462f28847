import type { AttemptInfo } from './retry-outlook.js';

/**
 * The SDK's activity context as far as it is read here. Described instead of imported: the types of
 * `@temporalio/activity` are not there where only the client is installed.
 */
export interface ActivityContext {
  readonly info: AttemptInfo & {
    readonly activityId: string;
    readonly activityType: string;
    readonly taskQueue: string;
    readonly isLocal: boolean;
    readonly workflowExecution?: { readonly workflowId: string; readonly runId: string } | undefined;
    readonly workflowType?: string | undefined;
    /** 0, or none, where the activity need not report. */
    readonly heartbeatTimeoutMs?: number | undefined;
    /** What the attempt before reported last. */
    readonly heartbeatDetails?: unknown;
  };
  readonly heartbeat?: (details?: unknown) => void;
  readonly cancellationSignal: AbortSignal;
}
