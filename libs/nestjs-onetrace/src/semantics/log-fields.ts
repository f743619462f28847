/** Levels of a log line, least severe first. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
/** Level of a log line. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Fields of a log line that stand at the top, in the order in which they are written.
 * `error` follows them, then everything else inside `extra`.
 */
export const LOG_FIELDS = [
  'timestamp',
  'level',
  'message',
  'trace_id',
  'span_id',
  'parent_span_id',
  'component',
  'client_id',
  'pipeline_id',
  'tenant_id',
  'user_id',
  'workflow_id',
  'run_id',
  'activity',
  'attempt',
  'duration_ms',
] as const;

/** Longest line that is written, in bytes of UTF-8; longer ones are cut, stay valid JSON and say so. */
export const MAX_LINE_BYTES = 32 * 1024;

/** Components of the chain as the user's drawing of it names them. */
export const COMPONENTS = {
  nginx: 'nginx',
  gateway: 'gateway',
  temporal: 'temporal',
  worker: 'worker',
  connector: 'connector',
  inference: 'inference',
} as const;
