/** Levels of a line, least severe first. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** How severe a line is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The error a line reports. */
export interface LogError {
  type?: string;
  message?: string;
  stack?: string;
}

/** One log line of any component, read from JSON or plain text. */
export interface LogLine {
  /** When it was written, milliseconds since the epoch; when it arrived, for a line that does not say. */
  timeMs: number;
  level: LogLevel;
  message: string;
  component?: string;
  /** 32 lower-case hex characters. */
  traceId?: string;
  /** 16 lower-case hex characters. */
  spanId?: string;
  /** On lines that say that something started, or that a workflow ended: the parent of that span. */
  parentSpanId?: string;
  requestId?: string;
  clientId?: string;
  pipelineId?: string;
  tenantId?: string;
  userId?: string;
  workflowId?: string;
  runId?: string;
  activity?: string;
  /** Counts from 1. */
  attempt?: number;
  durationMs?: number;
  error?: LogError;
  /** Every other field of the line. */
  extra?: Record<string, unknown>;
}
