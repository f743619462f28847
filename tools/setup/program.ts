import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Whether the file exists and may be executed by this user. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The first executable of that name on PATH and then in `more`, where login shells of some systems do not look. */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv,
  more: string[] = [],
): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of [...(env['PATH'] ?? '').split(delimiter), ...more]) {
    if (folder && (await isExecutable(join(folder, file)))) return join(folder, file);
  }
  return undefined;
}

/** What a finished program left. */
export interface Outcome {
  /** Exit code; 127 when it could not be started at all. */
  code: number;
  /** Standard output and standard error, interleaved as they came. */
  output: string;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Called with each line as it comes, to follow a long run. */
  onLine?: (line: string) => void;
  /** The program is ended after this many milliseconds. */
  timeout?: number;
}

/** Runs a program to its end and never rejects: a program that cannot be started is an outcome like any other. */
export function runProgram(path: string, args: string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    });
    let output = '';
    let unfinished = '';
    const take = (chunk: string): void => {
      output += chunk;
      const lines = (unfinished + chunk).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The last lines of a program's output that say something, for a message. */
export function lastLines(output: string, count = 3): string {
  return output
    .split('\n')
    .filter((line) => line.trim())
    .slice(-count)
    .join('\n');
}

/** Whether version `found` is `wanted` or newer; both are dotted numbers. */
export function isAtLeast(found: string, wanted: string): boolean {
  const parts = found.split('.').map(Number);
  for (const [index, part] of wanted.split('.').map(Number).entries()) {
    const other = parts[index] ?? 0;
    if (other !== part) return other > part;
  }
  return true;
}
