import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import {
  type OtlpReceiver,
  startOtlpReceiver,
} from '../../../libs/nestjs-onetrace/src/tracing/export/otlp-receiver.fixture.ts';
import { type Program, startProgram } from '../../../tools/chain/program.process.ts';
import { startTemporal } from '../../../tools/chain/temporal.process.ts';
import { ensureTemporal } from '../../../tools/setup/temporal.ts';
import { startModelServer } from './model.server.ts';

/** The application with the doors, and everything real around it. */
export interface DoorsStage {
  /** Address of the application. */
  readonly url: string;
  readonly program: Program;
  readonly otlp: OtlpReceiver;
  /** A client of Temporal that knows nothing of us. */
  readonly client: Client;
  /** Everything that the application has written to stdout and stderr. */
  output(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts Temporal, a model server, an OTLP receiver and `doors.program.ts`. */
export async function startDoorsStage(): Promise<DoorsStage> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'onetrace-doors-'));
    cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    const tool = await ensureTemporal((line) => console.error(line));
    const searchAttributes = ['TraceId=Keyword', 'Note=Keyword'];
    const temporal = await startTemporal({ tool, folder, headless: true, searchAttributes });
    cleanUp.push(() => temporal.stop());
    const model = await startModelServer();
    cleanUp.push(() => close(model));
    const otlp = await startOtlpReceiver();
    cleanUp.push(() => otlp.stop());
    const connection = await Connection.connect({ address: temporal.address });
    cleanUp.push(() => connection.close());
    const log = join(folder, 'doors.log');
    const program = await startProgram({
      name: 'doors',
      command: process.execPath,
      args: ['--no-warnings', fileURLToPath(new URL('doors.program.ts', import.meta.url))],
      env: {
        NODE_OPTIONS: '',
        TEMPORAL_ADDRESS: temporal.address,
        OTLP_URL: otlp.url,
        MODEL_URL: `http://127.0.0.1:${(model.address() as AddressInfo).port}`,
      },
      log,
      ready: /doors open at (http:\/\/[\w.:[\]]+)/,
    });
    cleanUp.push(() => program.stop());
    const url = program.match[1]?.replace('[::1]', '127.0.0.1') ?? '';
    return { url, program, otlp, client: new Client({ connection }), output: () => readFile(log, 'utf8'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
