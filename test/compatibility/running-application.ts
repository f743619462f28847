import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { createInterface } from 'node:readline';

/** A line of the application's standard output: the schema's fields, or `text` where it is none. */
export type Line = Readonly<Record<string, unknown>> & { readonly extra?: Readonly<Record<string, unknown>> };

const LONGEST_START_MS = 30_000;

/** A process of an application, from its first line to its end. */
export class RunningApplication {
  readonly lines: Line[] = [];
  private readonly waiting = new Set<() => void>();
  private stderr = '';

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (text) => {
      this.lines.push(parse(text));
      for (const check of this.waiting) check();
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
  }

  static start(
    node: string,
    args: string[],
    options: { cwd: string; env: Readonly<Record<string, string>>; ownGroup?: boolean },
  ): RunningApplication {
    const env: NodeJS.ProcessEnv = { ...process.env, ...options.env };
    // Tools that start `node` get the same one.
    env['PATH'] = [dirname(node), process.env['PATH'] ?? ''].join(delimiter);
    // Jest's own would make another environment of the application.
    delete env['NODE_ENV'];
    delete env['NODE_OPTIONS'];
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const detached = options.ownGroup === true;
    return new RunningApplication(spawn(node, args, { cwd: options.cwd, env, stdio, detached }));
  }

  /** What it has written to standard error, which should be nothing. */
  get errors(): string {
    return this.stderr;
  }

  /** The address of the `count`th start, which a restarted application says again. */
  async url(count = 1): Promise<string> {
    const line = await this.line((candidate) => candidate['message'] === 'listening', count);
    return String(line.extra?.['url']);
  }

  /** The `count`th line that fits, once it is there. */
  line(fits: (line: Line) => boolean, count = 1): Promise<Line> {
    return new Promise((resolve, reject) => {
      const end = (finish: () => void): void => {
        this.waiting.delete(check);
        clearTimeout(timer);
        this.child.off('exit', ended);
        finish();
      };
      const check = (): void => {
        const found = this.lines.filter(fits)[count - 1];
        if (found !== undefined) end(() => resolve(found));
      };
      const ended = (): void => end(() => reject(new Error(`the application ended early:\n${this.output()}`)));
      const timer = setTimeout(
        () => end(() => reject(new Error(`no such line in time:\n${this.output()}`))),
        LONGEST_START_MS,
      );
      this.waiting.add(check);
      this.child.once('exit', ended);
      check();
    });
  }

  /** Sends SIGTERM, as a container's host does, and says how the process ended. */
  async stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (this.isRunning()) await this.closedAfter(() => this.child.kill('SIGTERM'));
    return { code: this.child.exitCode, signal: this.child.signalCode };
  }

  /** Sends SIGINT to the group of a process started with `ownGroup`, as a terminal does at Ctrl-C; resolves when all have ended. */
  async interrupt(): Promise<void> {
    const group = this.child.pid;
    if (group !== undefined && this.isRunning()) await this.closedAfter(() => process.kill(-group, 'SIGINT'));
  }

  private isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  // Standard output closes only with the last process that holds it.
  private async closedAfter(end: () => void): Promise<void> {
    const closed = once(this.child, 'close');
    end();
    await closed;
  }

  private output(): string {
    return [...this.lines.map((line) => JSON.stringify(line)), this.stderr].join('\n');
  }
}

function parse(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return { text };
  }
}
