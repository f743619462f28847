import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { openEntrance } from '../http/traced-server.fixture.js';
import { failure, ModelServer, REQUEST, success } from './model-server.fixture.js';
import { CHUNKS, event, STREAMED } from './streamed-answers.fixture.js';

const model = new ModelServer();
let application: Server | undefined;
let client: Socket | undefined;
afterEach(async () => {
  client?.destroy();
  application?.closeAllConnections();
  application?.close();
  if (application !== undefined) await once(application, 'close');
  application = client = undefined;
});

/** A client whose request is being served by an application that traces. */
async function ask(listener: RequestListener): Promise<void> {
  application = createServer(listener);
  openEntrance(application);
  application.listen(0, '127.0.0.1');
  await once(application, 'listening');
  client = connect((application.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
}

/** A model server that never answers; each connection of a call that its client closes is told. */
function unanswered(): { readonly asked: Promise<void>; readonly left: Promise<void> } {
  const asked = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  model.answers = [
    (_request, response) => {
      response.once('close', () => left.resolve());
      asked.resolve();
    },
  ];
  return { asked: asked.promise, left: left.promise };
}

/** The client that left knows: no span is an error, and no line above INFO. */
function expectNobodysFailure(): void {
  const told = model.lines.filter(({ message }) => message.startsWith('model ')).slice(-2);
  expect(told).toMatchObject([
    { level: 'INFO', message: 'model request cancelled', extra: { error_code: 'ONETRACE_CONNECTOR_ABORTED' } },
    { level: 'INFO', message: 'model call cancelled', extra: { cancelled_by: 'request' } },
  ]);
  expect(JSON.stringify(told)).not.toContain('detached');
  for (const span of [...model.chatSpans, ...model.attemptSpans]) {
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes['error.type']).toBe('ONETRACE_CONNECTOR_ABORTED');
    expect(span.events.map(({ name }) => name)).not.toContain('exception');
  }
  expect([model.chatSpans, model.attemptSpans]).toMatchObject([{ length: 1 }, { length: 1 }]);
}

describe('a call that is made while a request is served', () => {
  it('is given up when the client of the request leaves, and the model server sees it', async () => {
    const { asked, left } = unanswered();
    const llm = model.connector();
    const failed = Promise.withResolvers<unknown>();
    await ask(() => void failure(llm.chatCompletions(REQUEST)).then(failed.resolve, failed.reject));
    await asked;
    client?.destroy();
    expect(await failed.promise).toMatchObject({
      code: 'ONETRACE_CONNECTOR_ABORTED',
      message: expect.stringContaining('because the request in which it was made was broken off'),
    });
    await left;
    expectNobodysFailure();
    const cancelled = { 'onetrace.cancelled_by': 'request' };
    expect(model.chatSpans[0]?.events).toContainEqual(
      expect.objectContaining({ name: 'call cancelled', attributes: cancelled }),
    );
  });

  it('is given up in the middle of its stream, too', async () => {
    const left = Promise.withResolvers<void>();
    model.answers = [
      (_request, response) => {
        response.once('close', () => left.resolve());
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event(CHUNKS[1]));
      },
    ];
    const llm = model.connector();
    const failed = Promise.withResolvers<unknown>();
    await ask((_request, response) => {
      const forward = async (): Promise<void> => {
        for await (const chunk of await llm.chatCompletions(STREAMED)) response.write(JSON.stringify(chunk.id));
      };
      failure(forward()).then(failed.resolve, failed.reject);
    });
    await once(client as Socket, 'data');
    client?.destroy();
    await left.promise;
    expect(await failed.promise).toMatchObject({ code: 'ONETRACE_CONNECTOR_ABORTED' });
    expectNobodysFailure();
  });

  it('goes on when it is detached', async () => {
    const asked = Promise.withResolvers<() => void>();
    model.answers = [(request, response) => asked.resolve(() => success(request, response))];
    const llm = model.connector();
    const done = Promise.withResolvers<unknown>();
    await ask((_request, response) => {
      const call = llm.chatCompletions(REQUEST, { detached: true });
      response.once('close', () => void asked.promise.then((answer) => answer()));
      call.then(done.resolve, done.reject);
    });
    await asked.promise;
    client?.destroy();
    expect(await done.promise).toMatchObject({ id: 'chatcmpl-1' });
  });

  it.each(['answered', 'given up'])('is nobody else’s when the request has been %s before', async (how) => {
    model.answers = [success];
    const llm = model.connector();
    const done = Promise.withResolvers<unknown>();
    await ask((_request, response) => {
      // What a request has started in the background outlives it, such as the refresh of a cache.
      response.once('close', () => {
        setImmediate(() => void llm.chatCompletions(REQUEST).then(done.resolve, done.reject));
      });
      if (how === 'answered') response.setHeader('connection', 'close').end();
      else client?.destroy();
    });
    expect(await done.promise).toMatchObject({ id: 'chatcmpl-1' });
  });
});
