import { PIPELINE_TASK_QUEUE } from './contract/pipeline.contract.js';

/** What the environment says. */
export interface WorkerSettings {
  /** `host:port` of the Temporal server. */
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Base address of the inference server that speaks the OpenAI protocol. */
  readonly openAiUrl: string;
  /** Base address of the inference server that speaks KServe v2. */
  readonly kserveUrl: string;
  /** Longest wait for a model's response headers, in milliseconds. */
  readonly modelTimeoutMs: number;
}

/** @throws Error naming the variable, what it holds and what it takes. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): WorkerSettings {
  const inference = env['INFERENCE_URL'] ?? 'http://127.0.0.1:8000';
  const modelTimeoutMs = Number(env['MODEL_TIMEOUT_MS'] ?? 10_000);
  if (!Number.isInteger(modelTimeoutMs) || modelTimeoutMs < 1) {
    throw new Error(`MODEL_TIMEOUT_MS is "${env['MODEL_TIMEOUT_MS']}"; it takes a whole number of milliseconds`);
  }
  return {
    temporalAddress: env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233',
    namespace: env['TEMPORAL_NAMESPACE'] ?? 'default',
    taskQueue: env['TASK_QUEUE'] ?? PIPELINE_TASK_QUEUE,
    openAiUrl: env['OPENAI_URL'] ?? inference,
    kserveUrl: env['KSERVE_URL'] ?? inference,
    modelTimeoutMs,
  };
}
