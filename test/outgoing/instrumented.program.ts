/**
 * An application with `http.propagateTo` beside OpenTelemetry's own instrumentations of node:http and undici, in a process of its own because they
 * patch what they instrument. `first` as argument sets them up before the application, `last` after it. Prints what its calls carried.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { propagation } from '@opentelemetry/api';
import { ObservabilityModule } from 'nestjs-onetrace';
import { request } from 'undici';

const require = createRequire(import.meta.url);
const instrument = (): (() => void) =>
  registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });
// The application's own propagator, by which the instrumentations write what they carry.
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const received: Record<string, IncomingHttpHeaders | undefined> = {};
const target = createServer((incoming, response) => {
  received[incoming.url ?? ''] = incoming.headers;
  response.end('ok');
});
await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;

if (process.argv[2] === 'first') instrument();
const app = await NestFactory.create<NestExpressApplication>(
  ObservabilityModule.forRoot({ component: 'gateway', export: 'none', http: { propagateTo: [url] } }),
  { logger: false },
);
app.use(async (_request: IncomingMessage, response: ServerResponse) => {
  await (await fetch(`${url}/fetch`)).text();
  await (await request(`${url}/undici`)).body.text();
  // Asked for now, so that what the instrumentation put in its place is called.
  const http = require('node:http') as typeof import('node:http');
  await new Promise<void>((resolve) => {
    http.get(`${url}/http`, (answer) => void answer.resume().on('end', resolve));
  });
  response.end();
});
await app.listen(0, '127.0.0.1');
if (process.argv[2] === 'last') instrument();

const traceId = 'a'.repeat(32);
// Over a bare socket: a client of this process would be instrumented too.
const socket = connect(Number(new URL(await app.getUrl()).port), '127.0.0.1');
socket.write(`GET / HTTP/1.0\r\ntraceparent: 00-${traceId}-${'b'.repeat(16)}-01\r\n\r\n`);
await once(socket.resume(), 'close');
await app.close();
target.closeAllConnections();
target.close();
process.stdout.write(`\n${JSON.stringify({ traceId, received })}\n`, () => process.exit());
