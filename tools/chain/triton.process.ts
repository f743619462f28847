import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureModelServer, modelServerSources } from '../setup/model-servers.ts';
import { runProgram } from '../setup/program.ts';
import type { Report } from '../setup/tool.ts';
import { freePort } from './free-port.ts';
import { startProgram } from './program.process.ts';

export interface TritonOptions {
  report: Report;
  /** Where its log, its models and its backends go. */
  folder: string;
  /** Receiver of its spans: OTLP/HTTP base address. */
  otlpEndpoint: string;
  /** `service.name` of its spans; `triton` unless given. */
  serviceName?: string;
  /** Gives the start up. */
  signal?: AbortSignal | undefined;
}

export interface TritonProcess {
  url: string;
  /** What it said, in a format of its own. */
  log: string;
  /** Ends it; further calls wait for the same end. */
  stop(): Promise<void>;
}

/** Models that are loaded, from the sources beside the tests. */
export const TRITON_MODELS: readonly string[] = ['add', 'fail', 'identity', 'stream', 'text'];

const ATTEMPTS = 5;
const READY_MS = 60_000;
/** Its own default keeps spans back for five seconds. */
const SPAN_DELAY_MS = 100;

/**
 * Starts the real Triton Inference Server on the processor and resolves when all its models are ready. It traces exactly the requests that carry
 * a valid `traceparent`.
 *
 * @throws {SetupError} ONETRACE_SETUP_PYTHON when it cannot be had
 * @throws {Error} ONETRACE_PROGRAM_START with its last words when it does not start
 */
export async function startTriton(options: TritonOptions): Promise<TritonProcess> {
  const installation = await findInstallation(await ensureModelServer('triton', options.report));
  await mkdir(options.folder, { recursive: true });
  // Python keeps compiled files beside the models.
  await cp(join(modelServerSources('triton'), 'models'), join(options.folder, 'models'), { recursive: true });
  const backends = await linkBackends(installation, options.folder);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(options, installation, backends, await freePort());
    } catch (error) {
      // Between choosing a free port and listening on it another process may have taken it.
      const taken = error instanceof Error && /in use/i.test(error.message);
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(
  options: TritonOptions,
  { packages, binaries, libraries }: Installation,
  backends: string,
  port: number,
): Promise<TritonProcess> {
  const { folder, otlpEndpoint, serviceName = 'triton', signal } = options;
  const trace = [
    ...['mode=opentelemetry', 'level=TIMESTAMPS', 'rate=0', 'count=-1'],
    `opentelemetry,url=${otlpEndpoint}/v1/traces`,
    `opentelemetry,resource=service.name=${serviceName}`,
    `opentelemetry,bsp_schedule_delay=${SPAN_DELAY_MS}`,
  ];
  const program = await startProgram({
    name: 'Triton',
    command: join(packages, 'pytriton', 'tritonserver', 'bin', 'tritonserver'),
    args: [
      ...[`--model-repository=${join(folder, 'models')}`, `--backend-directory=${backends}`],
      ...['--http-address=127.0.0.1', `--http-port=${port}`, '--exit-timeout-secs=1'],
      ...['--allow-grpc=false', '--allow-metrics=false'],
      ...trace.map((setting) => `--trace-config=${setting}`),
    ],
    env: {
      LD_LIBRARY_PATH: libraries.join(':'),
      // Its models run in a Python of their own, which needs numpy.
      PATH: `${binaries}:${process.env['PATH']}`,
      PYTHONPATH: packages,
    },
    log: join(folder, 'triton.log'),
    ready: /Started HTTPService/,
    readyMs: READY_MS,
    signal,
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await Promise.all(TRITON_MODELS.map((model) => untilReady(`${url}/v2/models/${model}/ready`, signal)));
  } catch (error) {
    await program.stop();
    throw error;
  }
  return { url, log: program.log, stop: () => program.stop() };
}

/** Where the packages of an interpreter are, and what they need of it. */
interface Installation {
  packages: string;
  binaries: string;
  libraries: string[];
  /** Such as `3.11`. */
  version: string;
}

async function findInstallation(python: string): Promise<Installation> {
  const script =
    'import json, sys, sysconfig; ' +
    'print(json.dumps({"packages": sysconfig.get_path("purelib"), "binaries": sysconfig.get_path("scripts"), ' +
    '"library": sysconfig.get_config_var("LIBDIR"), "version": "%d.%d" % sys.version_info[:2]}))';
  const { output } = await runProgram(python, ['-c', script]);
  const found = JSON.parse(output) as Omit<Installation, 'libraries'> & { library: string };
  return { ...found, libraries: [found.library, join(found.packages, 'nvidia_pytriton.libs')] };
}

/** The Python backend beside the program that runs models under this very version of Python: Triton wants both in one folder. */
async function linkBackends({ packages, version }: Installation, folder: string): Promise<string> {
  const server = join(packages, 'pytriton', 'tritonserver');
  const backends = join(folder, 'backends');
  const python = join(backends, 'python');
  await rm(backends, { recursive: true, force: true });
  await mkdir(python, { recursive: true });
  for (const source of [join(server, 'backends', 'python'), join(server, 'python_backend_stubs', version)]) {
    for (const file of await readdir(source)) await symlink(join(source, file), join(python, file));
  }
  return backends;
}

async function untilReady(url: string, signal: AbortSignal | undefined): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && !signal?.aborted) {
    if ((await fetch(url).catch(() => undefined))?.ok) return;
    await sleep(20);
  }
  throw new Error(`ONETRACE_PROGRAM_START: Triton is not ready: ${url} did not say so within ${READY_MS / 1000} s`);
}
