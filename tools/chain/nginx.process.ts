import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderNginxConfig } from '../../deploy/nginx/render.ts';
import type { Tool } from '../setup/tool.ts';
import { endChild, hasEnded, OWN_GROUP } from './child-end.ts';
import { freePort } from './free-port.ts';

/** The API key of the demo and whose it is. */
export const DEMO_CLIENTS: Record<string, string> = { 'demo-key-dept-a': 'dept-a' };

export interface NginxOptions {
  tool: Tool;
  /** Port of the gateway on 127.0.0.1. */
  gatewayPort: number;
  /** Addresses or CIDRs whose trace context is continued; nobody by default. */
  trusted?: string[];
  /** Where configuration, logs and temporary files go. */
  folder: string;
  /** Port to listen on, on 127.0.0.1; a free one by default. */
  port?: number;
  /** API keys and client IDs; those of the demo by default. */
  clients?: Record<string, string>;
  /** Variables besides the caller's environment. */
  env?: Record<string, string>;
  /** Longest silence of the gateway, in nginx's units. */
  readTimeout?: string;
}

export interface NginxProcess {
  port: number;
  /** JSON lines, one a request. */
  accessLog: string;
  /** nginx's own messages, in its own format. */
  errorLog: string;
  /** Ends nginx; further calls wait for the same end. */
  stop(): Promise<void>;
}

const ATTEMPTS = 5;
const START_MS = 10_000;
const STOP_MS = 5_000;

/**
 * Starts the nginx of deploy/nginx in front of the gateway and resolves when it answers.
 *
 * @throws {Error} ONETRACE_NGINX_START with nginx's own words when it does not
 */
export async function startNginx(options: NginxOptions): Promise<NginxProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    try {
      return await start(options, port);
    } catch (error) {
      // Between choosing a free port and listening on it another process may have taken it.
      const taken = error instanceof Error && /bind\(\).*(in use|EADDRINUSE)/is.test(error.message);
      if (!taken || options.port !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(options: NginxOptions, port: number): Promise<NginxProcess> {
  const { tool, folder } = options;
  const accessLog = join(folder, 'access.log');
  const errorLog = join(folder, 'error.log');
  await mkdir(folder, { recursive: true });
  await renderNginxConfig({
    prefix: folder,
    listen: `127.0.0.1:${port}`,
    gateway: `127.0.0.1:${options.gatewayPort}`,
    clients: options.clients ?? DEMO_CLIENTS,
    ...(options.trusted ? { trusted: options.trusted } : {}),
    ...(options.readTimeout ? { readTimeout: options.readTimeout } : {}),
  });
  // Workers of a master that root started change to a user who cannot write into a private temporary folder.
  const directives = process.getuid?.() === 0 ? 'daemon off; user root;' : 'daemon off;';
  const child = spawn(
    tool.path,
    [...(tool.args ?? []), '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', directives],
    { detached: OWN_GROUP, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...tool.env, ...options.env } },
  );
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (words = (words + chunk).slice(-4_000)));
  child.on('error', (error) => (words += error.message));

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= endChild(child, STOP_MS));
  if (await answers(child, port, join(folder, 'nginx.pid'))) return { port, accessLog, errorLog, stop };
  await stop();
  throw new Error(
    `ONETRACE_NGINX_START: nginx ${tool.version} (${tool.path}) does not answer on port ${port}. It said: ${words.trim() || 'nothing'}. More in ${errorLog}.`,
  );
}

/** Polls until nginx answers; false when it ended or time is up. */
async function answers(child: ChildProcess, port: number, pidFile: string): Promise<boolean> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && !hasEnded(child)) {
    // nginx writes its process ID once it holds the port; before, whoever answers there may be somebody else.
    const pid = await readFile(pidFile, 'utf8').catch(() => '');
    if (Number(pid) === child.pid && (await isHealthy(port))) return true;
    await sleep(20);
  }
  return false;
}

function isHealthy(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/nginx-health`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
