import { expect, it } from '@jest/globals';
import { SpanKind } from '@opentelemetry/api';
import type { EventReader } from './connector.call.js';
import { Connector } from './connector.js';
import type { ModelStream } from './index.js';
import { failure, ModelServer } from './model-server.fixture.js';
import { resolveConnectorOptions } from './options.resolver.js';
import { CHUNKS, stay, stream } from './streamed-answers.fixture.js';

const model = new ModelServer();

/** Its reader is told of the first item at the latest moment at which there is no stream yet. */
class WatchedConnector extends Connector {
  async ask(onFirstItem: () => void, signal: AbortSignal): Promise<ModelStream<string>> {
    const events: EventReader<string> = {
      saidLast: false,
      read: (data) => {
        onFirstItem();
        return data;
      },
      isComplete: () => true,
      describe: () => ({ attributes: {}, extra: {} }),
    };
    return this.stream({
      spanName: 'chat tiny',
      spanKind: SpanKind.CLIENT,
      attributes: {},
      method: 'POST',
      path: '/v1/chat/completions',
      idempotent: true,
      options: { signal },
      events: () => events,
    });
  }
}

it('a call that is given up between its first item and the handing over ends, and lets its connector close', async () => {
  const left = Promise.withResolvers<void>();
  model.answers = [
    (request, response) => {
      response.once('close', () => left.resolve());
      stream(CHUNKS, stay)(request, response);
    },
  ];
  const baseUrl = `http://${model.target}`;
  const llm = new WatchedConnector(resolveConnectorOptions({ name: 'llm', protocol: 'openai', baseUrl }));
  const controller = new AbortController();
  const error = await failure(llm.ask(() => controller.abort(), controller.signal));
  expect(error.code).toBe('ONETRACE_CONNECTOR_ABORTED');
  await left.promise;
  expect(model.chatSpans).toHaveLength(1);
  expect(model.attemptSpans).toHaveLength(1);
  await llm.close();
});
