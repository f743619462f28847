import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type OtlpReceiver,
  startOtlpReceiver,
} from '../../libs/nestjs-onetrace/src/tracing/export/otlp-receiver.fixture.ts';
import { type Receiver, startReceiver } from '../../libs/onetrace/src/index.ts';
import { onetrace } from '../../tools/chain/onetrace-cli.ts';
import { doorsModule } from './doors.fixture.ts';
import { leaksOf } from './leaks.ts';
import { SECRETS } from './secrets.ts';

// nestjs-pino keeps one logger a process: lines of both applications go where those of the first one go.
let lines = '';
const write = (text: string): void => void (lines += text);

/** A model server that repeats in its error whatever it was sent. */
async function startModel(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { content: string }[] };
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: `cannot take: ${messages[0]?.content}`, type: 'invalid' } }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('secrets in an application on %s', (_platform, adapter) => {
  let app: INestApplication;
  let model: Server;
  let otlp: OtlpReceiver;
  let viewer: Receiver;
  const outputs: Record<string, string> = {};

  beforeAll(async () => {
    lines = '';
    model = await startModel();
    viewer = await startReceiver({ port: 0 });
    otlp = await startOtlpReceiver();
    const modelUrl = `http://127.0.0.1:${portOf(model)}`;
    const module = doorsModule(write, otlp.url, modelUrl);
    app = await NestFactory.create(module, adapter() as ExpressAdapter, { bufferLogs: true });
    await app.listen(0, '127.0.0.1');
    const url = `http://127.0.0.1:${portOf(app.getHttpServer() as Server)}`;
    const traceIds: string[] = [];
    const ask = async (path: string, init?: RequestInit): Promise<void> => {
      const response = await fetch(url + path, init);
      await response.text();
      traceIds.push(response.headers.get('x-trace-id') ?? '');
    };
    for (const [index, { key, value, text, hidden }] of SECRETS.entries()) {
      for (const door of ['all', 'thrown', 'refused', 'object']) await ask(`/doors/${index}/${door}`);
      const query = `access_token=${encodeURIComponent(hidden)}&${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`;
      const headers = { authorization: `Bearer ${hidden}`, cookie: `sid=${hidden}`, 'x-api-key': hidden };
      await ask(`/doors/nowhere?${query}`, { headers });
      await ask('/doors/body', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"password":"${hidden}`,
      });
      await ask('/doors/nowhere', { headers: { 'user-agent': text.replace(/\n/g, ' ') } });
    }
    outputs['metrics'] = await (await fetch(`${url}/metrics`)).text();
    await app.close();
    outputs['lines'] = lines;
    outputs['spans'] = otlp.exports.map(({ body }) => body.toString('latin1')).join('\n');
    for (const { path, headers, body } of otlp.exports) {
      const type = headers['content-type'] ?? '';
      await fetch(viewer.url + path, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) });
    }
    await fetch(`${viewer.url}/lines`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines,
    });
    const shown = await Promise.all(
      traceIds
        .slice(0, 8)
        .flatMap((id) => [
          onetrace('show', id, '--url', viewer.url),
          onetrace('show', id, '--url', viewer.url, '--json'),
        ]),
    );
    outputs['viewer'] = shown.map(({ stdout, stderr }) => stdout + stderr).join('\n');
  }, 120_000);

  afterAll(async () => {
    await app?.close();
    await otlp?.stop();
    await viewer?.close();
    model?.closeAllConnections();
    model?.close();
  });

  it('went through every door', () => {
    expect(lines.split('\n').filter((line) => line.includes('"level"')).length).toBeGreaterThan(SECRETS.length * 20);
    for (const name of ['lines', 'spans', 'viewer'])
      expect({ name, text: outputs[name] }).toEqual({ name, text: expect.stringContaining('[redacted]') });
    expect(outputs['metrics']).toContain('route="/doors/:index/all",status="200"');
  });

  it.each(SECRETS.map(({ what, hidden }) => [what, hidden]))('%s stays inside', (_what, hidden) => {
    for (const [name, output] of Object.entries(outputs)) expect([name, leaksOf(output, hidden)]).toEqual([name, []]);
  });

  it('what a path names stays inside', () => {
    for (const [name, output] of Object.entries(outputs))
      expect([name, leaksOf(output, 'smuggled-by-path')]).toEqual([name, []]);
  });
});
