import { types } from 'node:util';
import { errorMessage, errorStack, errorType, recordedValue } from '../tracing/index.js';
import { addedBy } from './repeated-properties.js';
import type { ToldErrors } from './told-errors.js';

/** How something that was thrown stands in a line. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
  readonly errors?: readonly DescribedError[];
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** How much of an error is described. */
interface ErrorBounds {
  /** Characters of the stack of the error itself. */
  readonly stack: number;
  /** Characters of the stack of each error inside it. */
  readonly innerStack: number;
  /** Errors inside it, causes and members of aggregates together. */
  readonly inner: number;
}

const WHOLE_ERROR: ErrorBounds = { stack: 16_384, innerStack: 4096, inner: 16 };
/** Causes of causes that are followed. */
const DEEPEST = 8;
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause']);

/**
 * Type, message and stack of whatever was thrown, its causes and the errors of an AggregateError likewise, and what else it
 * has of its own (`code`, `status` ...) inside `extra`; of those that a line has told already only type and message. Not
 * redacted yet. Never throws.
 */
export function describeThrown(thrown: unknown, told?: ToldErrors): DescribedError {
  return new ErrorReader(WHOLE_ERROR, told).describe(thrown, 0);
}

/** Whether a value is an error, of this realm or another. Never throws. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

class ErrorReader {
  private readonly seen = new Set<unknown>();
  private left: number;

  constructor(
    private readonly bounds: ErrorBounds,
    private readonly told: ToldErrors | undefined,
  ) {
    this.left = bounds.inner;
  }

  describe(thrown: unknown, depth: number): DescribedError {
    if (typeof thrown === 'object' && thrown !== null) {
      if (this.seen.has(thrown)) return { type: errorType(thrown), message: '[circular]' };
      this.seen.add(thrown);
      if (this.told?.has(thrown) === true) return { type: errorType(thrown), message: messageOf(thrown) };
      this.told?.add(thrown);
    }
    const stack = stackOf(thrown, depth === 0 ? this.bounds.stack : this.bounds.innerStack);
    const described = { type: errorType(thrown), message: messageOf(thrown), ...stack };
    return typeof thrown === 'object' && thrown !== null
      ? { ...described, ...this.inside(thrown, depth), ...ownProperties(thrown) }
      : described;
  }

  private inside(error: object, depth: number): Pick<DescribedError, 'cause' | 'errors'> {
    const cause = read(error, 'cause');
    const errors = read(error, 'errors');
    return {
      ...(cause !== undefined && cause !== null && this.mayEnter(depth)
        ? { cause: this.describe(cause, depth + 1) }
        : {}),
      ...(error instanceof AggregateError && Array.isArray(errors) ? { errors: this.members(errors, depth) } : {}),
    };
  }

  private members(errors: readonly unknown[], depth: number): DescribedError[] {
    const described: DescribedError[] = [];
    for (const error of errors) {
      if (!this.mayEnter(depth)) {
        described.push({ type: '…', message: `${errors.length - described.length} more` });
        break;
      }
      described.push(this.describe(error, depth + 1));
    }
    return described;
  }

  private mayEnter(depth: number): boolean {
    if (depth >= DEEPEST || this.left === 0) return false;
    this.left -= 1;
    return true;
  }
}

/** Text of what was thrown; of a plain object without a message its content, which says more than "[object Object]". */
function messageOf(thrown: unknown): string {
  const isPlain = typeof thrown === 'object' && thrown !== null && typeof read(thrown, 'message') !== 'string';
  const message = errorMessage(thrown);
  return isPlain && message.startsWith('[object ') ? recordedValue(thrown) : message;
}

function stackOf(thrown: unknown, longest: number): { stack?: string } {
  const stack = errorStack(thrown);
  if (stack === undefined || longest === 0) return {};
  return { stack: stack.length > longest ? `${stack.slice(0, longest)}…` : stack };
}

function ownProperties(error: object): { extra?: Readonly<Record<string, unknown>> } {
  const extra: Record<string, unknown> = {};
  let some = false;
  for (const key of keysOf(error)) {
    if (SAID_ELSEWHERE.has(key) || (key === 'errors' && error instanceof AggregateError)) continue;
    const value = addedBy(error, key, read(error, key));
    if (value === undefined || typeof value === 'function' || (key === 'failure' && isWireFailure(value))) continue;
    extra[key] = value;
    some = true;
  }
  return some ? { extra } : {};
}

/**
 * What Temporal's failures keep of the message that they were made from. It says all again, and the application's details in
 * base64, in which nobody finds a secret.
 */
function isWireFailure(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Error) return false;
  return typeof read(value, 'message') === 'string' && typeof read(value, 'source') === 'string';
}

function keysOf(error: object): readonly string[] {
  try {
    return error instanceof Error ? Object.keys(error) : [];
  } catch {
    return [];
  }
}

function read(from: object, key: string): unknown {
  try {
    return (from as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
