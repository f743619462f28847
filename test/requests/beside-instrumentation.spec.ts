import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('instrumented.program.ts', import.meta.url));

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;

interface Told {
  readonly answered: string;
  readonly inside: string;
  readonly lines: readonly Record<string, unknown>[];
  readonly spans: readonly {
    readonly name: string;
    readonly kind: number;
    readonly scope: string;
    readonly attributes: object;
  }[];
}

async function run(...args: string[]): Promise<Told> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', PROGRAM, ...args], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told;
}

describe('a request has one SERVER span, one trace ID and two lines', () => {
  it.each([
    ['none', 'nestjs-onetrace'],
    ['first', '@opentelemetry/instrumentation-http'],
    ['last', '@opentelemetry/instrumentation-http'],
    ['around', 'around'],
  ])('beside what starts one itself: %s', async (mode, scope) => {
    const { answered, inside, lines, spans } = await run(mode);
    expect(spans).toEqual([
      {
        name: 'GET /things/:id',
        kind: 1,
        scope,
        attributes: expect.objectContaining({
          'http.route': '/things/:id',
          'http.response.status_code': 200,
          'onetrace.request_id': answered,
        }) as object,
      },
    ]);
    expect(inside).toBe(answered);
    expect(lines.map((line) => [line['message'], line['trace_id']])).toEqual([
      ['request started', answered],
      ['request completed', answered],
    ]);
  });

  it('and it is the caller that is continued, where the instrumentation has a propagator', async () => {
    const { answered, spans } = await run('first', TRACEPARENT, 'propagated');
    expect(answered).toBe(TRACE);
    expect(spans).toHaveLength(1);
  });

  it('and without one the flow is not torn: our span continues the caller, the other one stands alone', async () => {
    const { answered, lines, spans } = await run('first', TRACEPARENT);
    expect(answered).toBe(TRACE);
    expect(lines.map((line) => line['trace_id'])).toEqual([TRACE, TRACE]);
    expect(spans.map((span) => [span.scope, span.name]).sort()).toEqual([
      ['@opentelemetry/instrumentation-http', 'GET'],
      ['nestjs-onetrace', 'GET /things/:id'],
    ]);
  });

  it('beside one that is not sampled: our lines have its ID, and no second trace begins', async () => {
    const { answered, lines, spans } = await run('unsampled');
    expect(answered).toBe('1'.repeat(32));
    expect(lines.map((line) => line['trace_id'])).toEqual([answered, answered]);
    expect(spans).toEqual([]);
  });
});
