import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';

const FORWARDED: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH'];
/** The terminal itself sends these to the whole group, the program included: passing them on would send them twice. */
const FROM_TERMINAL = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGWINCH']);
/** A grandchild may keep the pipes open after the program has ended. */
const DRAIN_MS = 1000;
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const SIGNAL_BASE = 128;

/** How a program is run. */
export interface ProgramOptions {
  command: string;
  args: readonly string[];
  /** Bytes of stdout and stderr, as they came. */
  onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

/**
 * Runs a program as if it had been started directly: its output goes through byte for byte, at the pace of whoever reads
 * it, signals reach it, and the exit code is its own (128 + n after signal n, 127 when there is no such program, 126 when it
 * may not be run, as shells have it).
 */
export async function runProgram(options: ProgramOptions): Promise<number> {
  const child = spawn(options.command, options.args, { stdio: ['inherit', 'pipe', 'pipe'] });
  const stopForwarding = forwardSignals(child);
  try {
    const drained = Promise.all([
      passThrough(child.stdout, process.stdout, (chunk) => options.onOutput(chunk, 'stdout')),
      passThrough(child.stderr, process.stderr, (chunk) => options.onOutput(chunk, 'stderr')),
    ]);
    const code = await exitCodeOf(child);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([drained, new Promise((resolve) => (timer = setTimeout(resolve, DRAIN_MS)))]);
    clearTimeout(timer);
    child.stdout.destroy();
    child.stderr.destroy();
    return code;
  } finally {
    stopForwarding();
  }
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? SIGNAL_BASE + (signal ? constants.signals[signal] : 0)));
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      process.stderr.write(`onetrace run: cannot start ${child.spawnfile}: ${error.message}\n`);
      resolve(error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE);
    });
  });
}

function passThrough(from: Readable, to: Writable, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve) => {
    from.on('data', (chunk: Buffer) => {
      onChunk(chunk);
      if (to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    // Whoever read the output has gone (`| head`): the program gets its EPIPE, as it would have without us.
    to.once('error', () => from.destroy());
    from.once('error', () => resolve());
    from.once('close', () => resolve());
  });
}

function forwardSignals(child: ChildProcess): () => void {
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => {
      if (!(FROM_TERMINAL.has(signal) && process.stdin.isTTY)) child.kill(signal);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  return () => listeners.forEach(({ signal, listener }) => process.off(signal, listener));
}
