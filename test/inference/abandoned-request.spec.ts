import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ObservabilityModule, Trace } from '../../libs/nestjs-onetrace/src/index.ts';
import { ConnectorModule, InjectConnector, OpenAiConnector } from '../../libs/nestjs-onetrace/src/connector/index.ts';
import { type Receiver, startReceiver } from '../../libs/onetrace/src/index.ts';
import { onetrace, showFlow } from '../../tools/chain/onetrace-cli.ts';

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** A model server that never answers. */
async function startSilentModel(): Promise<{ readonly url: string; readonly asked: Promise<void> }> {
  const asked = Promise.withResolvers<void>();
  const server = createServer(() => asked.resolve()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ended.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: urlOf(server), asked: asked.promise };
}

@Injectable()
class Answers {
  constructor(@InjectConnector('llm') private readonly llm: OpenAiConnector) {}

  @Trace()
  async ask(): Promise<unknown> {
    return this.llm.chatCompletions({ model: 'tiny', messages: [{ role: 'user', content: 'hi' }] });
  }
}

@Controller('ask')
class AskController {
  constructor(private readonly answers: Answers) {}

  @Get()
  ask(): Promise<unknown> {
    return this.answers.ask();
  }
}

async function startApplication(modelUrl: string, viewer: Receiver, write: (line: string) => void): Promise<string> {
  @Module({
    imports: [
      ObservabilityModule.forRoot({
        component: 'gateway',
        export: { url: viewer.url },
        logging: { destination: { write } },
      }),
      ConnectorModule.register({ name: 'llm', protocol: 'openai', baseUrl: modelUrl }),
    ],
    controllers: [AskController],
    providers: [Answers],
  })
  class AppModule {}
  const app: INestApplication = await NestFactory.create(AppModule, { bufferLogs: true });
  ended.push(() => app.close());
  await app.listen(0, '127.0.0.1');
  return urlOf(app.getHttpServer() as Server);
}

it('a client that leaves while a model answers is told as that, and not as a failure of the call that went with it', async () => {
  const lines: Record<string, unknown>[] = [];
  const viewer = await startReceiver({ port: 0 });
  ended.push(() => viewer.close());
  const model = await startSilentModel();
  const url = await startApplication(model.url, viewer, (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  });
  const client = new AbortController();
  const left = fetch(`${url}/ask`, { signal: client.signal }).catch(() => undefined);
  await model.asked;
  client.abort();
  await left;
  const told = (message: string) => lines.find((line) => line['message'] === message);
  while (told('request aborted') === undefined || told('model call cancelled') === undefined)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const traceId = String(told('request started')?.['trace_id']);
  expect(told('model call cancelled')).toMatchObject({ level: 'INFO', extra: { cancelled_by: 'request' } });
  const flow = await showFlow(traceId, viewer.url);
  expect(flow.outcome).toMatchObject({ kind: 'aborted', title: 'GET /ask' });
  expect(flow.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['Answers.ask', 'chat tiny']));
  const { stdout } = await onetrace('show', traceId, '--url', viewer.url);
  expect(stdout).toMatch(/^ABORTED +GET \/ask/);
  expect(stdout).toMatch(/chat tiny +given up, its client left/);
  expect(stdout).not.toContain('detached');
});
