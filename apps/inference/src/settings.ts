import { type Fault, parseFaults } from './fault.js';

/** What the stand-in is told by its environment; see docs/guide/inference-server.md. */
export interface Settings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Time that every model call takes, in milliseconds. */
  readonly latencyMs: number;
  /** `false`: a server that ignores `traceparent`, logs nothing of requests and exports nothing. */
  readonly tracing: boolean;
  /** Models of the OpenAI-compatible half; an unknown one is answered with 404, as vLLM does. */
  readonly models: readonly string[];
  /** Faults of every request that selects none itself. */
  readonly faults: readonly Fault[];
}

/**
 * Reads the environment once.
 *
 * @throws Error naming the variable, what it holds and what it takes.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  return {
    host: env['HOST'] || '127.0.0.1',
    port: integer(env, 'PORT', 0, 65_535),
    latencyMs: integer(env, 'INFERENCE_LATENCY_MS', 0, 600_000),
    tracing: onOrOff(env, 'INFERENCE_TRACING'),
    models: (env['INFERENCE_MODELS'] || 'tiny').split(',').map((name) => name.trim()),
    faults: parseFaults(env['INFERENCE_FAULT'] ?? ''),
  };
}

function integer(env: Readonly<Record<string, string | undefined>>, name: string, min: number, max: number): number {
  const text = env[name] || '0';
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${name}="${text}": expected an integer from ${min} to ${max}`);
  }
  return value;
}

function onOrOff(env: Readonly<Record<string, string | undefined>>, name: string): boolean {
  const text = env[name] || 'on';
  if (text !== 'on' && text !== 'off') throw new Error(`${name}="${text}": expected on or off`);
  return text === 'on';
}
