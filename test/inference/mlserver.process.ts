import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../tools/chain/free-port.ts';
import { startProgram } from '../../tools/chain/program.process.ts';
import { ensureModelServer, modelServerSources } from '../../tools/setup/model-servers.ts';
import type { RunningServer } from './model-server.stage.ts';

const READY_MS = 60_000;

/**
 * Starts the real MLServer with the models beside the tests and resolves when they are ready. It exports its spans over OTLP/gRPC only.
 *
 * @param collector `host:port`
 */
export async function startMlServer(folder: string, collector: string): Promise<RunningServer> {
  const python = await ensureModelServer('mlserver', (line) => console.error(line));
  const sources = modelServerSources('mlserver');
  const [http, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const program = await startProgram({
    name: 'MLServer',
    command: python,
    // Its own script names the folder in which it was installed.
    args: ['-c', 'from mlserver.cli import main; main()', 'start', sources],
    env: {
      PYTHONPATH: sources,
      PYTHONDONTWRITEBYTECODE: '1',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      MLSERVER_HOST: '127.0.0.1',
      MLSERVER_HTTP_PORT: String(http),
      MLSERVER_GRPC_PORT: String(grpc),
      MLSERVER_METRICS_PORT: String(metrics),
      MLSERVER_METRICS_DIR: folder,
      MLSERVER_PARALLEL_WORKERS: '0',
      MLSERVER_GZIP_ENABLED: 'false',
      MLSERVER_DEBUG: 'false',
      MLSERVER_SERVER_NAME: 'mlserver',
      MLSERVER_TRACING_SERVER: collector,
    },
    log: join(folder, 'mlserver.log'),
    ready: /HTTP server running/,
    readyMs: READY_MS,
  });
  const url = `http://127.0.0.1:${http}`;
  const deadline = Date.now() + READY_MS;
  while (!(await isReady(`${url}/v2/models/text/ready`)) || !(await isReady(`${url}/v2/models/add/ready`))) {
    if (Date.now() > deadline) {
      await program.stop();
      throw new Error(`MLServer has no models after ${READY_MS / 1000} s; see ${program.log}`);
    }
    await sleep(50);
  }
  return { url, stop: () => program.stop() };
}

function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
