import { describe, expect, it } from '@jest/globals';
import { formatLine } from './line.formatter.js';
import { parseLine } from './line.parser.js';

const NOW = Date.UTC(2026, 10, 21);
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const parse = (line: unknown) =>
  parseLine(typeof line === 'string' ? line : JSON.stringify(line), { timeMs: NOW, component: 'app' });

const whole = {
  timestamp: '2026-11-21T10:15:23.100Z',
  level: 'ERROR',
  message: 'activity failed',
  trace_id: TRACE_ID,
  span_id: 'b7ad6b7169203331',
  parent_span_id: '00f067aa0ba902b7',
  component: 'worker',
  client_id: 'dept-a',
  pipeline_id: 'text-embedding',
  tenant_id: 't1',
  user_id: 'u1',
  workflow_id: 'wf-1',
  run_id: 'run-1',
  activity: 'inference',
  attempt: 2,
  duration_ms: 12.5,
  error: { type: 'Error', message: 'boom', stack: 'Error: boom\n    at a' },
  extra: { request_id: 'req-12345678', retries: 3 },
};

describe('parseLine', () => {
  it('reads every field of the schema', () => {
    expect(parse(whole)).toEqual({
      timeMs: Date.UTC(2026, 10, 21, 10, 15, 23, 100),
      level: 'ERROR',
      message: 'activity failed',
      traceId: TRACE_ID,
      spanId: 'b7ad6b7169203331',
      parentSpanId: '00f067aa0ba902b7',
      component: 'worker',
      requestId: 'req-12345678',
      clientId: 'dept-a',
      pipelineId: 'text-embedding',
      tenantId: 't1',
      userId: 'u1',
      workflowId: 'wf-1',
      runId: 'run-1',
      activity: 'inference',
      attempt: 2,
      durationMs: 12.5,
      error: { type: 'Error', message: 'boom', stack: 'Error: boom\n    at a' },
      extra: { request_id: 'req-12345678', retries: 3 },
    });
  });

  it('reads back what formatLine writes', () => {
    const line = parse(whole);
    expect(line && parse(formatLine(line))).toEqual(line);
    const text = parse(`    at handler (${TRACE_ID})`);
    expect(text && parse(formatLine(text))).toEqual(text);
  });

  it.each([
    [
      'plain pino',
      { level: 50, time: NOW - 1, msg: 'm', pid: 1 },
      { level: 'ERROR', timeMs: NOW - 1, message: 'm', extra: { pid: 1 } },
    ],
    ['seconds', { timestamp: NOW / 1000, message: 'm' }, { timeMs: NOW }],
    ['nanoseconds', { timestamp: `${NOW}000000`, message: 'm' }, { timeMs: NOW }],
    ['a level in lower case', { level: 'warning', message: 'm' }, { level: 'WARN' }],
    ['an unknown level', { level: 'loud', message: 'm' }, { level: 'INFO' }],
    ['numbers as nginx writes them', { message: 'm', duration_ms: '12.5', attempt: '' }, { durationMs: 12.5 }],
    ['an upper-case trace ID', { message: 'm', trace_id: TRACE_ID.toUpperCase() }, { traceId: TRACE_ID }],
    ['no message', { level: 'INFO', a: 1 }, { message: '{"level":"INFO","a":1}' }],
    [
      "Docker's wrapper",
      { log: `${JSON.stringify(whole)}\n`, stream: 'stdout', time: '2026-01-01T00:00:00Z' },
      { component: 'worker', attempt: 2 },
    ],
    [
      "Docker's wrapper around text",
      { log: 'hello\n', stream: 'stderr', time: '2026-11-21T01:00:00Z' },
      { message: 'hello', timeMs: NOW + 3_600_000 },
    ],
  ])('understands %s', (_, line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  it.each([
    ['not hex', { trace_id: 'x'.repeat(32) }],
    ['zeros', { trace_id: '0'.repeat(32) }],
    ['empty', { trace_id: '' }],
    ['a number', { trace_id: 7 }],
  ])('leaves out a trace ID that is %s', (_, fields) => {
    expect(parse({ message: 'm', ...fields })).not.toHaveProperty('traceId');
  });

  it('keeps plain text with its time of arrival, and finds the trace ID in it', () => {
    expect(parse(`\u001b[31mfailed\u001b[0m trace=${TRACE_ID} gone`)).toEqual({
      timeMs: NOW,
      level: 'INFO',
      message: `failed trace=${TRACE_ID} gone`,
      component: 'app',
      traceId: TRACE_ID,
    });
    expect(parse(`sha256 ${'a'.repeat(64)}`)).not.toHaveProperty('traceId');
  });

  it('keeps JSON that is cut as text', () => {
    expect(parse('{"message":"m","tra')).toMatchObject({ message: '{"message":"m","tra' });
  });

  it.each(['', '   ', '\t'])('ignores the blank line %p', (line) => {
    expect(parse(line)).toBeUndefined();
  });
});

it('keeps a line that is nested too deep as text, and one with an impossible time at its arrival', () => {
  const deep = `${'{"a":'.repeat(6000)}1${'}'.repeat(6000)}`;
  expect(parseLine(deep, { timeMs: 7 })).toMatchObject({ timeMs: 7, message: deep });
  expect(parseLine('{"time":1e308,"msg":"late"}', { timeMs: 7 })).toMatchObject({ timeMs: 7, message: 'late' });
});
