/**
 * Messages of the lines that Onetrace itself writes. The viewer pairs "started" with "completed",
 * so a message is changed here or nowhere.
 */
export const MESSAGES = {
  requestStarted: 'request started',
  requestCompleted: 'request completed',
  requestAborted: 'request aborted',
  workflowStartRequested: 'workflow start requested',
  workflowStartFailed: 'workflow start failed',
  workflowStarted: 'workflow started',
  workflowCompleted: 'workflow completed',
  workflowFailed: 'workflow failed',
  childWorkflowRequested: 'child workflow requested',
  nextRunRequested: 'next workflow run requested',
  activityRequested: 'activity requested',
  activityStarted: 'activity started',
  activityCompleted: 'activity completed',
  activityFailed: 'activity failed',
  modelCallStarted: 'model call started',
  modelCallCompleted: 'model call completed',
  modelCallFailed: 'model call failed',
  modelRequestSent: 'model request sent',
  modelResponseReceived: 'model response received',
  modelRequestFailed: 'model request failed',
  logLevelChanged: 'log level changed',
  circuitOpened: 'circuit opened',
  circuitClosed: 'circuit closed',
} as const;
