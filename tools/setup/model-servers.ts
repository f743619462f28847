import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePython } from './python.ts';
import type { Report } from './tool.ts';

/** Real inference servers that run without a GPU. vLLM needs 6.7 GB: only `npm run test:vllm` brings it. */
export type ModelServer = 'triton' | 'mlserver' | 'vllm';

/** Those that every `npm test` runs. */
export const SMALL_MODEL_SERVERS = ['triton', 'mlserver'] as const satisfies readonly ModelServer[];

const WHAT: Readonly<Record<ModelServer, string>> = {
  triton: 'the Triton Inference Server (260 MB)',
  mlserver: 'MLServer (340 MB)',
  vllm: 'vLLM for CPUs (6.7 GB; several minutes)',
};

/** Where requirements, models and settings of each server are. */
const SOURCES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'test', 'inference');

/** Requirements, models and settings of a server. */
export function modelServerSources(server: ModelServer): string {
  return join(SOURCES, server);
}

/**
 * Brings a server as its Python packages.
 *
 * @returns the Python interpreter that has it
 * @throws {SetupError} ONETRACE_SETUP_PYTHON
 */
export function ensureModelServer(server: ModelServer, report: Report): Promise<string> {
  const requirements = join(modelServerSources(server), 'requirements.txt');
  return ensurePython({ what: WHAT[server], requirements, from: '3.11', below: '3.13' }, report);
}
