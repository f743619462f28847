import { execFile } from 'node:child_process';
import type { IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('instrumented.program.ts', import.meta.url));

async function run(order: string): Promise<{ traceId: string; received: Record<string, IncomingHttpHeaders> }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', PROGRAM, order], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const said = stdout.split('\n').find((line) => line.startsWith('{"traceId"'));
  if (said === undefined) throw new Error(`the program did not say what arrived, but: ${stdout}`);
  return JSON.parse(said) as Awaited<ReturnType<typeof run>>;
}

describe("calls beside OpenTelemetry's own instrumentations of node:http and undici", () => {
  it.each(['none', 'first', 'last'])('carry one trace, whoever subscribed first: %s', async (order) => {
    const { traceId, received } = await run(order);
    for (const path of ['/fetch', '/undici', '/http']) {
      // A second one would be joined to the first with a comma.
      expect([path, received[path]?.['traceparent']]).toEqual([
        path,
        expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
      ]);
    }
  });
});
