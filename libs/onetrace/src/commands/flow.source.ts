import { existsSync } from 'node:fs';
import { findFlow } from '../flow/flow.finder.js';
import type { Flow } from '../flow/flow.js';
import { OnetraceError } from '../onetrace.error.js';
import { defaultStorePath } from '../store/store.location.js';
import { openStore } from '../store/store.js';

const DEFAULT_URL = 'http://127.0.0.1:4318';

/** Where flows are looked up. */
export interface FlowSource {
  /** For a message: where was looked. */
  readonly place: string;
  find(id: string): Promise<Flow | undefined>;
  close(): void;
}

/** The store when `db` is given, the receiver when `url` is; else the receiver of this machine, or its store when none runs. */
export async function openFlowSource(options: { url?: string; db?: string }): Promise<FlowSource> {
  if (options.db !== undefined) return storeSource(options.db);
  if (options.url !== undefined) return receiverSource(options.url);
  const local = receiverSource(DEFAULT_URL);
  const stored = defaultStorePath();
  if ((await isOnetrace(DEFAULT_URL)) || !existsSync(stored)) return local;
  return storeSource(stored);
}

function storeSource(path: string): FlowSource {
  const store = openStore({ path, readOnly: true });
  return { place: path, find: async (id) => findFlow(store, id), close: () => store.close() };
}

function receiverSource(url: string): FlowSource {
  return { place: url, find: (id) => ask(url, id), close: () => undefined };
}

async function isOnetrace(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/api/health', url), { signal: AbortSignal.timeout(1000) });
    return response.ok && typeof ((await response.json()) as { spans?: unknown }).spans === 'number';
  } catch {
    return false;
  }
}

async function ask(url: string, id: string): Promise<Flow | undefined> {
  let response: Response;
  try {
    response = await fetch(new URL(`/api/flows/${encodeURIComponent(id)}`, url));
  } catch (error) {
    throw new OnetraceError(
      'ONETRACE_RECEIVER_UNREACHABLE',
      `nobody answers at ${url}; start onetrace dev, or name where it listens (--url) or its store (--db)`,
      { cause: error },
    );
  }
  if (response.status === 404) return undefined;
  const body = (await response.json().catch(() => ({}))) as { message?: string };
  if (response.ok) return body as unknown as Flow;
  if (response.status === 409) throw new OnetraceError('ONETRACE_ID_AMBIGUOUS', body.message ?? `${id} is ambiguous`);
  throw new OnetraceError(
    'ONETRACE_RECEIVER_UNREACHABLE',
    `${url} answered ${response.status}${body.message === undefined ? '' : ` (${body.message})`}; is it onetrace dev?`,
  );
}
