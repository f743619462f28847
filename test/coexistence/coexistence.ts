import { execFile } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { install, type Installation } from '../compatibility/installation.ts';
import { startSpanReceiver } from '../temporal/span.receiver.ts';

const run = promisify(execFile);
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const EDGE_SPAN_ID = 'b7ad6b7169203331';

interface Outcome {
  readonly header: string;
  readonly body: { readonly trace: string; readonly span: string };
  /** What the application's own pipeline got. */
  readonly spans: readonly TheirSpan[];
  readonly warnings: readonly string[];
  /** What our own export sent. */
  readonly ours: readonly Span[];
}

interface TheirSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly service: unknown;
}

/** Our promises to an application that brings its own OpenTelemetry, for one line of the SDK. */
export function itCoexists(line: { readonly install: string; readonly tracePackage: string }): void {
  let installation: Installation;

  beforeAll(async () => {
    installation = await install(line.install, join(import.meta.dirname, 'installs'));
    await cp(join(import.meta.dirname, 'application'), installation.folder, { recursive: true });
  }, 300_000);
  afterAll(() => installation?.remove());

  async function start(when: string): Promise<Outcome> {
    const receiver = await startSpanReceiver();
    const preload = when === 'preloaded' ? ['--require', './tracing.cjs'] : [];
    try {
      const { stdout, stderr } = await run(process.execPath, [...preload, 'main.js', when], {
        cwd: installation.folder,
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          TRACE_ID,
          EDGE_SPAN_ID,
          SDK_TRACE: line.tracePackage,
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        },
        timeout: 60_000,
      });
      expect(stderr).toBe('');
      return { ...(JSON.parse(stdout) as Omit<Outcome, 'ours'>), ours: receiver.spans };
    } finally {
      await receiver.close();
    }
  }

  /** One trace from nginx to the traced method, whoever exported it. */
  function expectOneTrace({ header, body }: Outcome, spans: readonly TheirSpan[]): void {
    expect({ header, trace: body.trace }).toEqual({ header: TRACE_ID, trace: TRACE_ID });
    const [edge, server, step] = ['edge GET /hello', 'GET /hello', 'step'].map((name) =>
      spans.filter((span) => span.name === name),
    );
    expect(edge).toEqual([expect.objectContaining({ traceId: TRACE_ID, spanId: EDGE_SPAN_ID, service: 'nginx' })]);
    expect(server).toEqual([expect.objectContaining({ traceId: TRACE_ID, parent: EDGE_SPAN_ID })]);
    expect(step).toEqual([
      expect.objectContaining({ traceId: TRACE_ID, parent: server?.[0]?.spanId, spanId: body.span }),
    ]);
    expect(spans).toHaveLength(3);
  }

  it('installs without a warning, strictly too, and adds no package of the SDK', async () => {
    expect(installation.warnings).toEqual([]);
    const library = join(installation.folder, 'node_modules', 'nestjs-onetrace');
    expect(await readdir(library)).not.toContain('node_modules');
  });

  describe.each(['preloaded', 'before', 'between'])('an SDK that is %s', (when) => {
    it('takes every span of ours, those of nginx too, and nobody warns of anything', async () => {
      const outcome = await start(when);
      expectOneTrace(outcome, outcome.spans);
      expect(outcome.ours).toEqual([]);
      expect(outcome.warnings).toEqual([]);
    }, 90_000);
  });

  it('carries the context for a provider that has nobody who does', async () => {
    const outcome = await start('bare');
    expectOneTrace(outcome, outcome.spans);
    expect(outcome.ours).toEqual([]);
    expect(outcome.warnings).toEqual([]);
  }, 90_000);

  it('loses none of the last spans on SIGTERM, set up as the guide says', async () => {
    const guide = await readFile(join(import.meta.dirname, '../../docs/guide/own-opentelemetry.md'), 'utf8');
    await writeFile(join(installation.folder, 'tracing.js'), /```ts\n([^]*?)```/.exec(guide)?.[1] ?? '');
    const receiver = await startSpanReceiver();
    try {
      const ended = await run(process.execPath, ['--import', './tracing.js', 'terminated.js'], {
        cwd: installation.folder,
        env: { ...process.env, NODE_OPTIONS: '', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
        timeout: 60_000,
      }).catch((error: unknown) => error);
      expect(ended).toMatchObject({ signal: 'SIGTERM', stdout: '', stderr: '' });
      expect(receiver.spans.map((span) => [span.name, span.resource['service.name']])).toEqual(
        expect.arrayContaining([
          ['GET /hello', 'gateway'],
          ['last work', 'gateway'],
        ]),
      );
    } finally {
      await receiver.close();
    }
  }, 90_000);

  it('keeps tracing by itself when the SDK comes after the start; OpenTelemetry says that it came too late', async () => {
    const outcome = await start('after');
    expectOneTrace(
      outcome,
      outcome.ours.map((span) => ({
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        ...(span.parentSpanId === undefined ? {} : { parent: span.parentSpanId }),
        service: span.resource['service.name'],
      })),
    );
    expect(outcome.spans).toEqual([]);
    expect(outcome.warnings).toContainEqual(expect.stringContaining('duplicate registration of API: trace'));
  }, 90_000);
}
