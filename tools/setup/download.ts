import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SetupError, WayClosedError } from './tool.ts';

export interface DownloadLimits {
  /** Milliseconds until the server's first answer: an offline machine must get to the next way soon. */
  connect: number;
  /** Milliseconds without a byte after which a download counts as dead. */
  stall: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = { connect: 5_000, stall: 30_000 };

/** A text file from the network. @throws {WayClosedError} when it cannot be had */
export async function fetchText(url: string, limits: DownloadLimits): Promise<string> {
  return request(url, limits, (response) => response.text());
}

/**
 * Writes what `url` gives to `file` and holds it against a SHA-256.
 *
 * @param onBytes told the bytes so far and the length of the whole, 0 when the server does not tell
 * @throws {WayClosedError} when the network fails
 * @throws {SetupError} ONETRACE_SETUP_CHECKSUM when what came is not what was announced
 */
export async function downloadVerified(
  url: string,
  file: string,
  sha256: string,
  limits: DownloadLimits,
  onBytes: (bytes: number, whole: number) => void,
): Promise<void> {
  const got = await request(url, limits, async (response, alive) => {
    const hash = createHash('sha256');
    const whole = Number(response.headers.get('content-length') ?? 0);
    let bytes = 0;
    if (!response.body) throw new Error('empty answer');
    const body = Readable.fromWeb(response.body).on('data', (chunk: Buffer) => {
      alive();
      hash.update(chunk);
      onBytes((bytes += chunk.length), whole);
    });
    await pipeline(body, createWriteStream(file));
    return hash.digest('hex');
  });
  if (got !== sha256) {
    throw new SetupError(
      'ONETRACE_SETUP_CHECKSUM',
      `${url} has SHA-256 ${got}, its release announces ${sha256}. Nothing of it was kept. ` +
        'Something on the way changes downloads (a proxy, a mirror): try another network, or install the tool by hand.',
    );
  }
}

/** One request whose every network failure is a closed way. `alive` is called by `read` when bytes arrive. */
async function request<T>(
  url: string,
  limits: DownloadLimits,
  read: (response: Response, alive: () => void) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const arm = (milliseconds: number): NodeJS.Timeout =>
    setTimeout(() => abort.abort(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds);
  let timer = arm(limits.connect);
  const alive = (): void => {
    clearTimeout(timer);
    timer = arm(limits.stall);
  };
  try {
    const response = await fetch(url, { signal: abort.signal });
    alive();
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await read(response, alive);
  } catch (error) {
    throw new WayClosedError(`cannot download ${url} (${reason(error)})`);
  } finally {
    clearTimeout(timer);
  }
}

/** fetch hides what went wrong in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
