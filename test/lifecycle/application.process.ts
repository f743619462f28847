import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A scenario of `application.program.ts` as the specs see it. */
export interface ApplicationProcess {
  readonly child: ChildProcess;
  /** JSON objects on its standard output so far. */
  readonly told: Record<string, unknown>[];
  /** What was no JSON object, and everything on standard error. */
  readonly noise: string[];
  /** Waits until it says something with this key. */
  heard(key: string): Promise<Record<string, unknown>>;
  /** Waits until it has ended by itself. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts one scenario under this Node. */
export function startApplicationProcess(scenario: string, env: Record<string, string>): ApplicationProcess {
  const child = fork(fileURLToPath(new URL('application.program.ts', import.meta.url)), [scenario], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    execArgv: ['--no-warnings=ExperimentalWarning'],
    silent: true,
  });
  const told: Record<string, unknown>[] = [];
  const noise: string[] = [];
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (text) => {
      if (text.startsWith('{')) told.push(JSON.parse(text) as Record<string, unknown>);
      else noise.push(text);
      for (const look of waiting) look();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const heard = (key: string): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = told.find((facts) => key in facts);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without saying ${key}: ${noise.join('\n')}`)));
    });
  return { child, told, noise, heard, ended };
}
