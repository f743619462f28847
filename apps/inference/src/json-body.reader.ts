import type { IncomingMessage } from 'node:http';

const LARGEST_BODY = 16 * 1024 * 1024;

/** What more is known of a request that cannot be used. */
export interface BodyErrorDetails {
  /** vLLM names the field. */
  readonly param?: string;
  /** vLLM's word for a request that fails its schema, instead of that for its status. */
  readonly type?: string;
  /** How far Triton came with it: what it could not even parse leaves a span of the request alone. */
  readonly unparsed?: boolean;
}

/** A request body that cannot be used. */
export class BodyError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly details: BodyErrorDetails = {},
  ) {
    super(message);
  }
}

/** A request body that is no JSON; each protocol has its own answer to that. */
export class NotJsonError extends BodyError {
  constructor(
    /** Where reading ended, in bytes. */
    readonly position: number,
  ) {
    super(400, 'request body is not valid JSON');
  }
}

/**
 * Reads a body of at most 16 MiB.
 *
 * @throws BodyError
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new BodyError(413, `request body larger than ${LARGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Reads a JSON object out of a text.
 *
 * @throws BodyError
 */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parse(text);
  if (!isRecord(value)) throw new BodyError(400, 'request body is not a JSON object');
  return value;
}

/** What `read` gives, or why it could not. */
export function readOrError<T>(read: () => T): T | BodyError {
  try {
    return read();
  } catch (error) {
    if (error instanceof BodyError) return error;
    throw error;
  }
}

/** Narrows to a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotJsonError(text.length);
  }
}
