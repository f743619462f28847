import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { Tool } from '../setup/tool.ts';
import { freePort } from './free-port.ts';
import { endChild, hasEnded, OWN_GROUP } from './child-end.ts';

export interface TemporalOptions {
  tool: Tool;
  /** Where its log goes. */
  folder: string;
  /** Port to listen on, on 127.0.0.1; a free one by default. */
  port?: number;
  /** Without Temporal's own page; with it unless told otherwise. */
  headless?: boolean;
  /** Port of the page; a free one by default. */
  uiPort?: number;
  /** Search attributes to register at the start, as `Name=Type`. */
  searchAttributes?: string[];
  /** File in which it keeps everything, so that a later server goes on from there; in memory only unless given. */
  databaseFile?: string;
}

export interface TemporalProcess {
  /** `host:port` for clients and workers. */
  address: string;
  port: number;
  /** Port of Temporal's page, unless headless. */
  uiPort?: number;
  /** File with everything the server said. */
  log: string;
  /** Ends the server, and with it everything it kept in memory; further calls wait for the same end. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const ATTEMPTS = 5;
const START_MS = 30_000;
const STOP_MS = 10_000;

/**
 * Starts Temporal's development server and resolves when workflows can be started in its namespace
 * `default`.
 *
 * @throws {Error} ONETRACE_TEMPORAL_START with the end of its log when it does not get there
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalProcess> {
  await mkdir(options.folder, { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(options, options.port ?? (await freePort()));
    } catch (error) {
      // Between choosing a free port and listening on it another process may have taken it.
      const taken = error instanceof Error && /address already in use|can't set frontend port/i.test(error.message);
      if (!taken || options.port !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(options: TemporalOptions, port: number): Promise<TemporalProcess> {
  const { tool } = options;
  const log = join(options.folder, 'temporal.log');
  const headless = options.headless ?? false;
  const uiPort = headless ? undefined : (options.uiPort ?? (await freePort()));
  const output = openSync(log, 'w');
  const child = spawn(
    tool.path,
    [
      ...(tool.args ?? []),
      'server',
      'start-dev',
      ...['--ip', HOST, '--port', String(port), '--log-level', 'warn'],
      ...(uiPort === undefined ? ['--headless'] : ['--ui-ip', HOST, '--ui-port', String(uiPort)]),
      ...(options.databaseFile === undefined ? [] : ['--db-filename', options.databaseFile]),
      ...(options.searchAttributes ?? []).flatMap((attribute) => ['--search-attribute', attribute]),
    ],
    { detached: OWN_GROUP, stdio: ['ignore', output, output], env: { ...process.env, ...tool.env } },
  );
  closeSync(output);
  let failure = '';
  child.on('error', (error) => (failure = error.message));

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= endChild(child, STOP_MS));
  const address = `${HOST}:${port}`;
  if (await answers(child, address, uiPort)) {
    return { address, port, ...(uiPort === undefined ? {} : { uiPort }), log, stop };
  }
  await stop();
  const words = (await readFile(log, 'utf8').catch(() => '')).slice(-4_000).trim();
  throw new Error(
    `ONETRACE_TEMPORAL_START: Temporal CLI ${tool.version} (${tool.path}) does not answer on ${address}. ` +
      `It said: ${failure || words || 'nothing'}. More in ${log}.`,
  );
}

/** Polls until the namespace can be described and the page listens; false when the server ended or time is up. */
async function answers(child: ChildProcess, address: string, uiPort: number | undefined): Promise<boolean> {
  const deadline = Date.now() + START_MS;
  const connection = Connection.lazy({ address, connectTimeout: 1_000 });
  try {
    while (Date.now() < deadline && !hasEnded(child)) {
      if ((await describes(connection)) && (uiPort === undefined || (await listens(uiPort)))) return !hasEnded(child);
      await sleep(50);
    }
    return false;
  } finally {
    await connection.close();
  }
}

async function describes(connection: Connection): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + 1_000, () =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    );
    return true;
  } catch {
    return false;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    const settle = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.on('connect', () => settle(true)).on('error', () => settle(false));
  });
}
