import { NestFactory } from '@nestjs/core';
import { Client, Connection } from '@temporalio/client';
import { currentTraceId, ObservabilityModule, TracingService } from 'nestjs-onetrace';
import { ensureSearchAttribute, OnetraceWorkflowClientInterceptor, temporalTracing } from 'nestjs-onetrace/temporal';

const app = await NestFactory.createApplicationContext(ObservabilityModule.forRoot({ component: 'gateway' }), {
  bufferLogs: true,
});
const tracing = temporalTracing();
const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '', plugins: [tracing] });
const usable = await ensureSearchAttribute(connection);
// Three times: the connection's plugin, the client's and the interceptor by hand.
const interceptors = { workflow: [new OnetraceWorkflowClientInterceptor()] };
const client = new Client({ connection, plugins: [tracing], interceptors });
const traceId = await app.get(TracingService).startActiveSpan('request', async (span) => {
  const options = { taskQueue: 'packed', workflowId: `packed-${Date.now()}`, args: ['packed'] };
  const result: unknown = await client.workflow.execute('greet', options);
  if (result !== 'HELLO PACKED') throw new Error(`the workflow gave ${String(result)}`);
  span.end();
  return currentTraceId();
});
let found = 0;
for (let tries = 0; found === 0 && tries < 50; tries += 1) {
  ({ count: found } = await client.workflow.count(`TraceId = '${traceId}'`));
}
await connection.close();
await app.close();
process.stdout.write(`${JSON.stringify({ traceId, usable, found })}\n`);
