/** Fields of a line in the order in which they are written: the schema that every hop of the chain shares. */
export interface LineFields {
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
  readonly parent_span_id?: string | undefined;
  readonly duration_ms?: number;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Takes one line at a time. */
export type LineWriter = (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields?: LineFields) => void;

/** Writes JSON lines of the component `inference`; absent fields are left out. */
export function lineWriter(write: (line: string) => void): LineWriter {
  return (level, message, { trace_id, span_id, parent_span_id, duration_ms, extra } = {}) => {
    const line = {
      timestamp: new Date().toISOString(),
      level,
      message,
      trace_id,
      span_id,
      parent_span_id,
      component: 'inference',
      duration_ms,
      extra,
    };
    write(`${JSON.stringify(line)}\n`);
  };
}
