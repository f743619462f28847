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
  const given = new Map(
    query
      .replace(/^\?/, '')
      .split('&')
      .map((pair) => pair.split('=', 2) as [string, string]),
  );
  return {
    runWorkflowSpan: given.get('runWorkflowSpan') === 'onComplete' ? 'onComplete' : DEFAULTS.runWorkflowSpan,
    continueAsNew: given.get('continueAsNew') === 'newTrace' ? 'newTrace' : DEFAULTS.continueAsNew,
    userIds: given.get('userIds') === 'any' ? 'any' : DEFAULTS.userIds,
  };
}

/** The query that `readSettings` reads; empty where everything is at its default, so that the name stays the plain one. */
export function settingsQuery(settings: Partial<WorkflowTracingSettings>): string {
  const pairs = (Object.keys(DEFAULTS) as (keyof WorkflowTracingSettings)[])
    .filter((key) => settings[key] !== undefined && settings[key] !== DEFAULTS[key])
    .map((key) => `${key}=${settings[key]}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
