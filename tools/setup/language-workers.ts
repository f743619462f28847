import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureGoProgram } from './go.ts';
import { ensurePython } from './python.ts';
import type { Report } from './tool.ts';

/** Languages whose real workers the tests put between ours. */
export const LANGUAGES = ['python', 'go'] as const;

export type Language = (typeof LANGUAGES)[number];

/** How the worker of a language is started. */
export interface LanguageWorker {
  command: string;
  args: string[];
}

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'test', 'temporal', 'languages');

/**
 * Brings what the worker of a language needs.
 *
 * @throws {SetupError} ONETRACE_SETUP_PYTHON, ONETRACE_SETUP_GO
 */
export async function ensureLanguageWorker(language: Language, report: Report): Promise<LanguageWorker> {
  const sources = join(SOURCES, language);
  if (language === 'go') return { command: await ensureGoProgram(sources, report), args: [] };
  const packages = { what: "Temporal's SDK", requirements: join(sources, 'requirements.txt'), from: '3.10' };
  const python = await ensurePython(packages, report);
  return { command: python, args: [join(sources, 'worker.py')] };
}
