import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A scenario of `logging.program.ts` with a real pipe as its stdout. */
export interface LoggingProcess {
  readonly child: ChildProcess;
  /** Its stdout: nobody reads it before `read` is called. */
  readonly stdout: Readable;
  /** Begins to read, at full speed or a little at a time; gives the lines when it has ended. */
  read(pace?: 'fast' | 'slow'): Promise<string[]>;
  /** Waits until a line that has been read contains this. */
  printed(text: string): Promise<void>;
  /** What it has told about itself on standard error. */
  heard(key: string): Promise<Record<string, unknown>>;
  /** What else stood on standard error. */
  readonly noise: string[];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Pause of a slow reader after each chunk, of at most 64 KiB. */
const SLOW_PAUSE_MS = 50;

/** Starts one scenario under this Node. */
export function startLoggingProcess(scenario: string, env: Readonly<Record<string, string>> = {}): LoggingProcess {
  const program = fileURLToPath(new URL('logging.program.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, scenario], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const stdout = child.stdout as Readable;
  const told: Record<string, unknown>[] = [];
  const noise: string[] = [];
  const waiting = new Set<() => void>();
  const said = createInterface({ input: child.stderr as Readable });
  const heardAll = once(said, 'close');
  said.on('line', (text) => {
    if (text.startsWith('{')) told.push(JSON.parse(text) as Record<string, unknown>);
    else noise.push(text);
    for (const look of waiting) look();
  });
  // Not until `close`: that comes only when its stdout has been read.
  const ended = once(child, 'exit').then(async ([code, signal]) => {
    await heardAll;
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
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
  let output = '';
  const looking = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString('latin1');
    for (const look of looking) look();
  };
  const read = async (pace: 'fast' | 'slow' = 'fast'): Promise<string[]> => {
    for await (const chunk of stdout) {
      take(chunk as Buffer);
      if (pace === 'slow') await sleep(SLOW_PAUSE_MS);
    }
    return Buffer.from(output, 'latin1').toString().split('\n').slice(0, -1);
  };
  const printed = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!output.includes(text)) return;
        looking.delete(look);
        resolve();
      };
      looking.add(look);
      look();
    });
  return { child, stdout, read, printed, heard, noise, ended };
}
