/** What the tracing of workflow code may be told. */
export interface WorkflowTracingSettings {
  readonly runWorkflowSpan: 'onStart' | 'onComplete';
  readonly continueAsNew: 'sameTrace' | 'newTrace';
  /** `any` where the application has decided that user IDs need no hash. */
  readonly userIds: 'hashed' | 'any';
}

const DEFAULTS: WorkflowTracingSettings = { runWorkflowSpan: 'onStart', continueAsNew: 'sameTrace', userIds: 'hashed' };

/**
 * Reads the settings from the query of the module's name (`...?runWorkflowSpan=onComplete`). The name is all that the
 * SDK hands to the isolate, with bundles that were built long before as well. What is unknown is left at its default.
 */
export function readSettings(query: string): WorkflowTracingSettings {
  const pairs = query.split(/[?&]/);
  const read = <Key extends keyof WorkflowTracingSettings>(
    key: Key,
    other: WorkflowTracingSettings[Key],
  ): WorkflowTracingSettings[Key] => (pairs.includes(`${key}=${other}`) ? other : DEFAULTS[key]);
  return {
    runWorkflowSpan: read('runWorkflowSpan', 'onComplete'),
    continueAsNew: read('continueAsNew', 'newTrace'),
    userIds: read('userIds', 'any'),
  };
}

/** The query that `readSettings` reads; empty where everything is at its default, so that the name stays the plain one. */
export function settingsQuery(settings: Partial<WorkflowTracingSettings>): string {
  const pairs = (Object.keys(DEFAULTS) as (keyof WorkflowTracingSettings)[])
    .filter((key) => settings[key] !== undefined && settings[key] !== DEFAULTS[key])
    .map((key) => `${key}=${settings[key]}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
