import { PIPELINE_TASK_QUEUE } from '@onetrace/worker/contract';
import { z } from 'zod';

const schema = z.object({
  /** Port of the HTTP API; 0 takes a free one. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default('0.0.0.0'),
  /** `host:port` of the Temporal server. */
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TASK_QUEUE: z.string().default(PIPELINE_TASK_QUEUE),
  /** Longest wait for the result of a run, in milliseconds. */
  RESULT_TIMEOUT_MS: z.coerce.number().int().positive().default(30_000),
  /** Longest wait for Temporal to take a run, in milliseconds. */
  START_TIMEOUT_MS: z.coerce.number().int().positive().default(5000),
  /** Longest life of a run, in milliseconds; after it Temporal ends the run itself. */
  RUN_TIMEOUT_MS: z.coerce.number().int().positive().default(300_000),
});

/** What the environment says, checked. */
export type GatewaySettings = z.infer<typeof schema>;

/** Injection token of the settings. */
export const GATEWAY_SETTINGS = Symbol('gateway settings');

/** @throws Error naming each wrong variable, what it holds and what is wrong with it. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): GatewaySettings {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name} is "${env[name]}": ${issue.message}`;
  });
  throw new Error(`wrong environment: ${problems.join('; ')}`);
}
