import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendJson } from './answer.writer.js';
import { BodyError, readJsonBody } from './json-body.reader.js';
import type { LineWriter } from './line.writer.js';
import { type ServingContext, serveModelCall } from './model-call.handler.js';
import { OnceKeys } from './once-keys.js';
import { readRefusal, Refusal } from './refusal.js';
import { matchRoute, type Route } from './routes.js';
import type { Settings } from './settings.js';
import type { ServerTracing } from './tracing/server-tracing.js';
import { inferCall, MODEL_VERSION, tritonErrorBody } from './triton/infer.call.js';
import { MODELS } from './triton/models.js';
import { chatCall } from './vllm/chat.call.js';
import { vllmErrorBody } from './vllm/error.body.js';

/** A stand-in that listens. */
export interface InferenceServer {
  readonly host: string;
  readonly port: number;
  /** Closes the listener and all connections. */
  close(): Promise<void>;
}

/** Starts the stand-in for vLLM and Triton; without tracing it neither logs requests nor exports spans. */
export async function startInferenceServer(
  settings: Settings,
  lines: LineWriter,
  tracing: ServerTracing | undefined,
): Promise<InferenceServer> {
  const serving: ServingContext = { ...settings, onceKeys: new OnceKeys(), tracing, lines };
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
      const errorBody = route.kind === 'vllm-chat' ? vllmErrorBody : tritonErrorBody;
      sendJson(response, error.status, errorBody(error.status, error.message));
    }
  }

  async function dispatch(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (route.kind) {
      case 'vllm-health':
      case 'triton-health':
        response.end();
        return;
      case 'vllm-models':
        sendJson(response, 200, modelList(settings.models));
        return;
      case 'vllm-chat': {
        const requestId = request.headers['x-request-id'] as string | undefined;
        const call = chatCall(await readJsonBody(request), settings.models, requestId, tracing);
        await serveModelCall(request, response, call, serving);
        return;
      }
      case 'triton-ready':
        response.writeHead(MODELS.has(route.model) && isVersion(route.version) ? 200 : 400).end();
        return;
      case 'triton-infer': {
        const call = inferCall(await readJsonBody(request), route.model, route.version, tracing);
        await serveModelCall(request, response, call, serving);
        return;
      }
      case 'faults': {
        if (!isLoopback(request.socket.remoteAddress)) throw new BodyError(400, 'faults are set from this host only');
        const ms = readRefusal(await readJsonBody(request));
        response.once('close', () => refusal.start(ms));
        sendJson(response.setHeader('connection', 'close'), 202, { refusingForMs: ms });
        return;
      }
      case 'unknown':
        sendJson(response, 404, { detail: 'Not Found' });
        return;
    }
  }

  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  return { host: settings.host, port: (server.address() as AddressInfo).port, close: () => refusal.stop() };
}

function modelList(models: readonly string[]): unknown {
  const data = models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'vllm', root: id, parent: null }));
  return { object: 'list', data };
}

function isVersion(version: string | undefined): boolean {
  return version === undefined || version === MODEL_VERSION;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}
