/**
 * An application that is everything at once: it serves HTTP, starts workflows, works on them and calls model servers, so
 * that all that it says stands in one output. A request for `/doors/<index>` sends one secret through every door. Runs
 * the built package; SIGTERM ends it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { ObservabilityModule } from 'nestjs-onetrace';
import { temporalTracing } from 'nestjs-onetrace/temporal';
import { SECRETS, type Smuggled } from '../secrets.ts';
import * as activities from './activities.fixture.ts';

const log = new Logger('Doors');
const taskQueue = 'doors';
const address = process.env['TEMPORAL_ADDRESS'] ?? '';
const note = defineSearchAttributeKey('Note', 'KEYWORD');

const app = await NestFactory.create(
  ObservabilityModule.forRoot({
    component: 'worker',
    export: { url: process.env['OTLP_URL'] ?? '' },
    privacy: { redact: ['iban', /^medical\./] },
    logging: { level: 'trace', captureConsole: true },
  }),
  { bufferLogs: true },
);
const tracing = temporalTracing();
const connection = await NativeConnection.connect({ address, plugins: [tracing] });
const client = new Client({ connection: await Connection.connect({ address, plugins: [tracing] }) });
const worker = await Worker.create({
  connection,
  plugins: [tracing],
  taskQueue,
  activities,
  workflowsPath: fileURLToPath(new URL('workflows.fixture.ts', import.meta.url)),
});

async function smuggle(secret: Smuggled, index: number): Promise<void> {
  const { key, value, text } = secret;
  const start = (workflow: string) =>
    client.workflow.start(workflow, {
      taskQueue,
      workflowId: `${workflow}-${index}`,
      args: [secret, index],
      memo: { [key]: value, note: text },
      typedSearchAttributes: [{ key: note, value: text }],
      staticSummary: text,
      staticDetails: text,
    });
  const [smuggles, stumbles, waits] = [await start('smuggles'), await start('stumbles'), await start('waits')];
  await refused(() => start('smuggles'));
  await refused(() => smuggles.query('tell'));
  await refused(() => smuggles.executeUpdate('propose', { args: ['something'] }));
  await refused(() => smuggles.executeUpdate('propose', { args: [text] }));
  await refused(() => client.workflow.getHandle('nowhere').signal('take', text));
  await smuggles.signal('take', text);
  await waits.terminate(text);
  await refused(() => waits.result());
  await stumbles.result();
  await refused(() => smuggles.result());
}

async function refused(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.error(error);
  }
}

app.use('/doors', (request: IncomingMessage, response: ServerResponse) => {
  const index = Number(request.url?.slice(1));
  void refused(() => smuggle(SECRETS[index] as Smuggled, index)).then(() => response.end('done'));
});
await app.listen(0, '127.0.0.1');
log.log(`doors open at ${await app.getUrl()}`);
await worker.run();
await connection.close();
await client.connection.close();
await app.close();
