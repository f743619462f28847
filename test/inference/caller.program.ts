/**
 * A Nest application that calls one model server as the parent process orders, each call in a root span of its own named `request`: by its connector,
 * or by what the module in `CLIENTS` makes of that. Runs the built package; SIGTERM ends it.
 */
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Context, context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { randomBytes } from 'node:crypto';
import { ObservabilityModule } from 'nestjs-onetrace';
import {
  type ConnectorByProtocol,
  ConnectorError,
  ConnectorModule,
  type ConnectorProtocol,
  getConnectorToken,
  ModelStream,
} from 'nestjs-onetrace/connector';
import type { CallOrder, CallReply } from './caller.orders.ts';

type Connector = ConnectorByProtocol[ConnectorProtocol];

const root = class Caller {};
Module({
  imports: [
    ObservabilityModule.forRoot({ component: 'caller', export: { url: process.env['OTLP_URL'] ?? '' } }),
    ConnectorModule.register({
      name: 'models',
      protocol: process.env['PROTOCOL'] as ConnectorProtocol,
      baseUrl: process.env['MODEL_SERVER_URL'] ?? '',
      retry: { initialDelayMs: 10 },
    }),
  ],
})(root);

const app = await NestFactory.createApplicationContext(root, { bufferLogs: true });
app.enableShutdownHooks();
type Methods = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
const clients = process.env['CLIENTS'];
const connector = app.get<Methods & Connector>(getConnectorToken('models'));
const methods: Methods =
  clients === undefined
    ? connector
    : ((await import(clients)) as { methodsOf(fetching: Connector): Methods }).methodsOf(connector);

async function obey({ id, method, args, unsampled, leaveAfter }: CallOrder): Promise<CallReply> {
  const run = async (): Promise<Omit<CallReply, 'id'>> => {
    const span = trace.getActiveSpan();
    const traceId = span?.spanContext().traceId ?? '';
    try {
      const answer = await methods[method]?.(...args);
      return {
        traceId,
        value: answer instanceof ModelStream ? await read(answer as ModelStream<object>, leaveAfter) : answer,
      };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const { name, code, message, status } = error;
      return { traceId, error: { name, code, message, ...(status === undefined ? {} : { status }) } };
    } finally {
      span?.end();
    }
  };
  const tracer = trace.getTracer('caller');
  if (unsampled === true) return { id, ...(await context.with(unsampledContext(), run)) };
  return { id, ...(await tracer.startActiveSpan('request', { root: true }, run)) };
}

/** That of a request whose sender decided that it is not recorded. */
function unsampledContext(): Context {
  const sent = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.NONE,
    isRemote: true,
  };
  return trace.setSpanContext(ROOT_CONTEXT, sent);
}

async function read(stream: ModelStream<object>, leaveAfter: number | undefined): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream) {
    items.push(item);
    if (items.length === leaveAfter) break;
  }
  return items;
}

process.on('message', (order: CallOrder) => {
  void obey(order).then((reply) => process.send?.(reply));
});
process.send?.({ id: 0, traceId: '' } satisfies CallReply);
