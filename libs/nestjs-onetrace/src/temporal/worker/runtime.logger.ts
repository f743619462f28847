import { DEBUGGED, runWithIdentity } from '../../context/index.js';
import { componentLogger, isWritten, LINE_TIME, type LineFields } from '../../logging/index.js';
import { BAGGAGE_KEYS, type LogLevel } from '../../semantics/index.js';
import { withoutPayloads } from './payload-free.js';
import { fieldsOfRun } from './run-traces.js';
import { FAILING_TASK, readTaskFailure } from './task-failure.js';
import { isNews } from './told-once.js';

const lines = componentLogger();

/** Where the SDK keeps the time of a line that it buffered: nanoseconds since the epoch, a bigint. */
const SDK_TIME = Symbol.for('log_timestamp');

/** Levels of Temporal's SDK. */
export type SdkLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
/** What accompanies a line of the SDK. */
export type SdkAttributes = Readonly<Record<string | symbol, unknown>>;

/** The SDK's names for what has a field of its own in our lines. */
const FIELDS: Readonly<Record<string, keyof LineFields & string>> = {
  workflowId: 'workflow_id',
  workflow_id: 'workflow_id',
  runId: 'run_id',
  workflowRunId: 'run_id',
  run_id: 'run_id',
  activityType: 'activity',
  activity_type: 'activity',
  attempt: 'attempt',
  durationMs: 'duration_ms',
  error: 'error',
  trace_id: 'trace_id',
  span_id: 'span_id',
  client_id: 'client_id',
  pipeline_id: 'pipeline_id',
  tenant_id: 'tenant_id',
  user_id: 'user_id',
};
/**
 * Whoever holds a task token can complete the task, and the whole description of a workflow has its memo: neither has a
 * place in a line. The wish for debug lines is granted below.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['taskToken', 'task_token', 'workflowInfo', BAGGAGE_KEYS.logLevel]);
/** The SDK's own lines for what our interceptors say with more detail. */
const SAID_BY_US: ReadonlySet<string> = new Set(['Activity failed', 'Workflow failed']);
/** Webpack's account of a bundle, dozens of lines in one. */
const BUNDLER_REPORT = /^webpack .* compiled/m;

/**
 * Temporal's logger (SDK and native core) on the process's own: the same schema, the same destination. The plugin
 * installs it; who installs a Runtime of their own, for its metrics, gives it as its `logger`.
 */
export class RuntimeLogger {
  /** Whether such a line would be written, as far as can be said before the SDK has kept it in order for a while. */
  wants(level: SdkLevel, message: string, attributes?: SdkAttributes): boolean {
    return attributes?.[BAGGAGE_KEYS.logLevel] === DEBUGGED || isWritten(toLevel(level, message, attributes));
  }

  log(level: SdkLevel, message: string, attributes?: SdkAttributes): void {
    const severity = toLevel(level, message, attributes);
    const write = (): void => {
      // Most of what the SDK says is DEBUG, and has dozens of attributes to sort.
      if (!isWritten(severity)) return;
      const fields = toLineFields(attributes ?? {});
      lines.log(isRepeated(message, fields) ? 'DEBUG' : severity, message, fields);
    };
    // A line of workflow code comes from outside every context.
    if (attributes?.[BAGGAGE_KEYS.logLevel] === DEBUGGED) runWithIdentity({ logLevel: DEBUGGED }, write);
    else write();
  }

  trace(message: string, attributes?: SdkAttributes): void {
    this.log('TRACE', message, attributes);
  }

  debug(message: string, attributes?: SdkAttributes): void {
    this.log('DEBUG', message, attributes);
  }

  info(message: string, attributes?: SdkAttributes): void {
    this.log('INFO', message, attributes);
  }

  warn(message: string, attributes?: SdkAttributes): void {
    this.log('WARN', message, attributes);
  }

  error(message: string, attributes?: SdkAttributes): void {
    this.log('ERROR', message, attributes);
  }
}

function toLevel(level: SdkLevel, message: string, attributes: SdkAttributes | undefined): LogLevel {
  if (level === 'TRACE' || (level === 'INFO' && BUNDLER_REPORT.test(message))) return 'DEBUG';
  return attributes?.['sdkComponent'] === 'worker' && SAID_BY_US.has(message) ? 'DEBUG' : level;
}

/** Temporal tries a workflow task again and again for as long as the run lasts; the same failure is said once. */
function isRepeated(message: string, { run_id: runId, error }: LineFields): boolean {
  if (message !== FAILING_TASK || runId === undefined) return false;
  return !isNews(`${runId} ${(error as { message?: string } | undefined)?.message ?? ''}`);
}

/** Sorts the attributes of a line of the SDK into our fields; a run that is known here adds its trace. */
export function toLineFields(attributes: SdkAttributes): LineFields {
  const fields: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  const ofSdk = attributes['sdkComponent'] === 'worker';
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || LEFT_OUT.has(key)) continue;
    const failure = key === 'failure' ? readTaskFailure(value) : undefined;
    if (failure !== undefined) {
      fields['error'] = failure;
      continue;
    }
    const field = FIELDS[key];
    if (field === undefined || fields[field] !== undefined) extra[key] = ofSdk ? withoutPayloads(value) : value;
    else fields[field] = value;
  }
  const known = fieldsOfRun(typeof fields['run_id'] === 'string' ? fields['run_id'] : undefined);
  const time = attributes[SDK_TIME];
  return {
    ...known,
    ...fields,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
    ...(typeof time === 'bigint' ? { [LINE_TIME]: Number(time / 1_000_000n) } : {}),
  };
}
