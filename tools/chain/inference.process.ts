import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from './program.process.ts';

const MAIN = fileURLToPath(new URL('../../apps/inference/dist/main.js', import.meta.url));
const READY_MS = 20_000;

export interface InferenceOptions {
  /** Where `inference.log` goes. */
  folder: string;
  /** Receiver of the server's spans; OpenTelemetry's own default unless given. */
  otlpEndpoint?: string;
  /** Whether the server honours `traceparent`; `true` unless given. Otherwise it logs and exports nothing of requests. */
  tracing?: boolean;
  /** Time that every model call takes, in milliseconds. */
  latencyMs?: number;
  /** Port on 127.0.0.1; a free one unless given. */
  port?: number;
  /** Program and arguments in front of the server's own, such as `onetrace run --component inference --`. */
  wrap?: string[];
  /** Variables over those of this process. */
  env?: Record<string, string>;
  /** Gives the start up. */
  signal?: AbortSignal | undefined;
}

export interface InferenceProcess {
  port: number;
  url: string;
  /** File that takes its lines. */
  log: string;
  /** Ends it; further calls wait for the same end. */
  stop(): Promise<void>;
}

/**
 * Starts the stand-in for vLLM and Triton and resolves when it listens.
 *
 * @throws {Error} ONETRACE_PROGRAM_START with its last words when it does not
 */
export async function startInference(options: InferenceOptions): Promise<InferenceProcess> {
  const [command = process.execPath, ...args] = [...(options.wrap ?? []), process.execPath, MAIN];
  const program = await startProgram({
    name: 'inference',
    command,
    args,
    env: {
      ...options.env,
      HOST: '127.0.0.1',
      PORT: String(options.port ?? 0),
      INFERENCE_TRACING: options.tracing === false ? 'off' : 'on',
      INFERENCE_LATENCY_MS: String(options.latencyMs ?? 0),
      ...(options.otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpEndpoint }),
    },
    log: join(options.folder, 'inference.log'),
    ready: /"inference server listening".*"port":(\d+)/,
    readyMs: READY_MS,
    signal: options.signal,
  });
  const port = Number(program.match[1]);
  return { port, url: `http://127.0.0.1:${port}`, log: program.log, stop: () => program.stop() };
}
