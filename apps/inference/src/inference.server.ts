import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from './answer.js';
import { sendJson } from './answer.writer.js';
import { BodyError, parseJsonObject, readBody } from './json-body.reader.js';
import type { LineWriter } from './line.writer.js';
import type { ModelCall } from './model-call.js';
import { type ServingContext, serveModelCall } from './model-call.handler.js';
import { OnceKeys } from './once-keys.js';
import { readRefusal, Refusal } from './refusal.js';
import { matchRoute, type Route, type VllmOperation } from './routes.js';
import type { Settings } from './settings.js';
import type { ServerTracing } from './tracing/server-tracing.js';
import { describeModel, SERVER_METADATA } from './triton/description.js';
import { generateCall } from './triton/generate.call.js';
import { inferCall } from './triton/infer.call.js';
import { tritonRefusal } from './triton/triton.call.js';
import { vllmRefusal } from './vllm/error.body.js';
import { modelList } from './vllm/model-list.js';
import { embeddingsCall, rerankCall, scoreCall, tokenizeCall } from './vllm/pooling.call.js';
import { chatCall, completionCall, type VllmRequest } from './vllm/vllm.call.js';

/** A stand-in that listens. */
export interface InferenceServer {
  readonly host: string;
  readonly port: number;
  /** Closes the listener and all connections. */
  close(): Promise<void>;
}

const VLLM_CALLS: Readonly<Record<VllmOperation, (request: VllmRequest) => ModelCall>> = {
  chat: chatCall,
  completion: completionCall,
  embeddings: embeddingsCall,
  rerank: rerankCall,
  score: scoreCall,
  tokenize: tokenizeCall,
};

/** Starts the stand-in for vLLM and Triton; without tracing it neither logs requests nor exports spans. */
export async function startInferenceServer(
  settings: Settings,
  lines: LineWriter,
  tracing: ServerTracing | undefined,
): Promise<InferenceServer> {
  const serving: ServingContext = { ...settings, onceKeys: new OnceKeys(), tracing, lines };
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => request.socket.destroy());
  });
  const refusal = new Refusal(server);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = matchRoute(request.method ?? '', request.url ?? '');
    try {
      await dispatch(route, request, response);
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      reply(response, (route.kind === 'vllm' ? vllmRefusal : tritonRefusal)(error));
    }
  }

  async function dispatch(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (route.kind) {
      case 'health':
        response.end();
        return;
      case 'vllm-models':
        sendJson(response, 200, modelList(settings.models));
        return;
      case 'vllm': {
        const requestId = request.headers['x-request-id'] as string | undefined;
        const { models } = settings;
        const call = VLLM_CALLS[route.operation]({ text: await readBody(request), requestId, models, tracing });
        await serveModelCall(request, response, call, serving);
        return;
      }
      case 'triton-server':
        sendJson(response, 200, SERVER_METADATA);
        return;
      case 'triton': {
        const { model: name, version, operation } = route;
        const asked = { name, version, text: await readBody(request), tracing };
        const call = operation === 'infer' ? inferCall(asked) : generateCall(asked, operation);
        await serveModelCall(request, response, call, serving);
        if (response.statusCode === 200) counts.set(call.model, (counts.get(call.model) ?? 0) + 1);
        return;
      }
      case 'triton-question':
        reply(response, describeModel(route.question, route.model, route.version, counts));
        return;
      case 'faults': {
        if (!isLoopback(request.socket.remoteAddress)) throw new BodyError(400, 'faults are set from this host only');
        const ms = readRefusal(parseJsonObject(await readBody(request)));
        response.once('close', () => refusal.start(ms));
        sendJson(response.setHeader('connection', 'close'), 202, { refusingForMs: ms });
        return;
      }
      case 'unknown':
        unknownRoute(request.url ?? '', response);
        return;
    }
  }

  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  return { host: settings.host, port: (server.address() as AddressInfo).port, close: () => refusal.stop() };
}

function reply(response: ServerResponse, answer: Answer): void {
  const body = 'body' in answer ? answer.body : undefined;
  if (body === undefined) response.writeHead(answer.status, { 'content-length': 0, ...answer.headers }).end();
  else sendJson(response, answer.status, body, answer.headers);
}

/** Each server has its own words for what it does not serve. */
function unknownRoute(url: string, response: ServerResponse): void {
  if (url.startsWith('/v2')) sendJson(response, 404, { error: 'Not Found' }, { 'content-type': 'text/plain' });
  else sendJson(response, 404, { detail: 'Not Found' });
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}
