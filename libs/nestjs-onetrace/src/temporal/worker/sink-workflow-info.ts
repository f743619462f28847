/** The SDK's description of the workflow that calls a sink, as far as it is read here. */
export interface SinkWorkflowInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly namespace: string;
  readonly startTime: Date;
}
