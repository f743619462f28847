import { join } from 'node:path';
import { freePort } from '../../../tools/chain/free-port.ts';
import { startProgram } from '../../../tools/chain/program.process.ts';
import { ensureModelServer, modelServerSources } from '../../../tools/setup/model-servers.ts';
import { lastLines, runProgram } from '../../../tools/setup/program.ts';
import type { RunningServer } from '../model-server.stage.ts';

/** Importing torch and loading the model take one to two minutes on two cores. */
const READY_MS = 420_000;

/** Starts the real vLLM on the processor with a tiny model of random weights, named `tiny`, and resolves when it answers. */
export async function startVllm(folder: string, otlpUrl: string): Promise<RunningServer> {
  const python = await ensureModelServer('vllm', (line) => console.error(line));
  const model = join(folder, 'tiny');
  const written = await runProgram(python, [join(modelServerSources('vllm'), 'write_model.py'), model]);
  if (written.code !== 0) throw new Error(`the tiny model could not be written: ${lastLines(written.output)}`);
  const port = await freePort();
  const program = await startProgram({
    name: 'vLLM',
    command: python,
    args: [
      ...['-m', 'vllm.entrypoints.openai.api_server', '--model', model, '--served-model-name', 'tiny'],
      ...['--load-format', 'dummy', '--dtype', 'bfloat16', '--max-model-len', '512', '--max-num-seqs', '4'],
      ...['--enforce-eager', '--num-gpu-blocks-override', '32', '--distributed-executor-backend', 'uni'],
      ...['--no-enable-log-requests', '--host', '127.0.0.1', '--port', String(port)],
      ...['--otlp-traces-endpoint', `${otlpUrl}/v1/traces`],
    ],
    env: {
      VLLM_CPU_KVCACHE_SPACE: '1',
      VLLM_CPU_OMP_THREADS_BIND: 'nobind',
      OMP_NUM_THREADS: '1',
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      VLLM_NO_USAGE_STATS: '1',
      DO_NOT_TRACK: '1',
      VLLM_HOST_IP: '127.0.0.1',
      OTEL_SERVICE_NAME: 'vllm',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
    log: join(folder, 'vllm.log'),
    ready: /Application startup complete/,
    readyMs: READY_MS,
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => program.stop() };
}
