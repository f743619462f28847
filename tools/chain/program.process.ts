import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { endChild, hasEnded, OWN_GROUP } from './child-end.ts';

/** What is to be started. */
export interface ProgramOptions {
  /** How messages call it, for example `gateway`. */
  name: string;
  command: string;
  args: string[];
  /** Variables over those of this process. */
  env?: Record<string, string>;
  /** File that takes its standard output and error, line by line as it writes them. */
  log: string;
  /** What its log says once it is ready. */
  ready: RegExp;
  /** Longest wait for that, in milliseconds. */
  readyMs?: number;
  /** Gives the start up. */
  signal?: AbortSignal | undefined;
}

/** A program that runs beside this one, with its output in a file: so its last words survive whatever ends it. */
export interface Program {
  name: string;
  pid: number;
  log: string;
  /** What `ready` matched. */
  match: RegExpExecArray;
  /** Whether it still runs. */
  running(): boolean;
  /** Sends it a signal and waits for its end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends it in its own time, then without asking; further calls wait for the same end. */
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const STOP_MS = 8_000;
const POLL_MS = 25;

/**
 * Starts a program and resolves when its log says that it is ready.
 *
 * @throws {Error} ONETRACE_PROGRAM_START with the end of its log when it does not get there.
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const output = openSync(options.log, 'a');
  const child = spawn(options.command, options.args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...options.env },
    detached: OWN_GROUP,
  });
  closeSync(output);
  let failure = '';
  child.on('error', (error) => (failure = error.message));

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= endChild(child, STOP_MS));
  const match = await waitUntilReady(child, options);
  if (match !== undefined && child.pid !== undefined) {
    const { name, log } = options;
    return {
      name,
      pid: child.pid,
      log,
      match,
      running: () => !hasEnded(child),
      kill: (signal) => endChild(child, STOP_MS, signal),
      stop,
    };
  }
  const why = hasEnded(child)
    ? 'ended before it was ready'
    : `was not ready within ${(options.readyMs ?? READY_MS) / 1000} s`;
  await stop();
  throw new Error(`ONETRACE_PROGRAM_START: ${options.name} ${why}. ${failure}\n${await lastLines(options.log)}`);
}

async function waitUntilReady(child: ChildProcess, options: ProgramOptions): Promise<RegExpExecArray | undefined> {
  const deadline = Date.now() + (options.readyMs ?? READY_MS);
  while (Date.now() < deadline) {
    const match = options.ready.exec(await readFile(options.log, 'utf8'));
    if (match !== null) return match;
    if (hasEnded(child) || options.signal?.aborted) return undefined;
    await sleep(POLL_MS);
  }
  return undefined;
}

async function lastLines(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  return lines.slice(-15).join('\n') || '(it said nothing)';
}
