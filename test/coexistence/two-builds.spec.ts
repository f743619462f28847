import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { install, type Installation } from '../compatibility/installation.ts';
import { startSpanReceiver } from '../temporal/span.receiver.ts';

const run = promisify(execFile);

// OpenTelemetry's API 1.10 has a build for `import` and one for `require`, each with a provider of its own.
let installation: Installation;
let other: Server;

beforeAll(async () => {
  installation = await install('api-1.10', join(import.meta.dirname, 'installs'));
  await cp(join(import.meta.dirname, 'two-builds'), installation.folder, { recursive: true });
  other = createServer((_request, response) => void response.end('ok'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
}, 300_000);
afterAll(async () => {
  other?.close();
  await installation?.remove();
});

describe.each([
  ['main.cjs', 'CommonJS'],
  ['main.mjs', 'an ES module'],
])('%s, an application that is %s beside API 1.10', (program) => {
  it('has in its trace what its own tracer and its preloaded instrumentations record', async () => {
    const receiver = await startSpanReceiver();
    try {
      const { stdout, stderr } = await run(process.execPath, ['--require', './instrumentation.cjs', program], {
        cwd: installation.folder,
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          OTHER_SERVICE: `http://127.0.0.1:${(other.address() as AddressInfo).port}/other`,
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        },
        timeout: 60_000,
      });
      expect(stderr).toBe('');
      const { traceId, ...rest } = JSON.parse(stdout) as { traceId: string };
      expect(rest).toEqual({ recordsAfterwards: false, said: [] });
      const spans = receiver.spans.filter((span) => span.traceId === traceId);
      const server = spans.find((span) => span.name === 'GET /hello');
      expect(spans.map(({ name, parentSpanId }) => ({ name, parentSpanId }))).toEqual(
        expect.arrayContaining([
          { name: 'own work', parentSpanId: server?.spanId },
          { name: 'GET', parentSpanId: server?.spanId },
        ]),
      );
    } finally {
      await receiver.close();
    }
  }, 90_000);
});
