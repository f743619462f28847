/** What the native core says of a workflow task that failed. */
export interface TaskFailure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** The message with which it says so. */
export const FAILING_TASK = 'Failing workflow task';

/** A text in Rust's notation. */
const TEXT = '"((?:[^"\\\\]|\\\\.)*)"';
const MESSAGE = new RegExp(`\\bmessage: ${TEXT}`);
const STACK = new RegExp(`\\bstack_trace: ${TEXT}`);
const TYPE = new RegExp(`\\btype: ${TEXT}`);

/**
 * Reads the failure that the core adds to its line as a dump of the whole Protobuf message, in Rust's notation: what
 * failed and where, without the payloads that may be in it. `undefined` for anything else.
 */
export function readTaskFailure(dump: unknown): TaskFailure | undefined {
  if (typeof dump !== 'string') return undefined;
  const message = textOf(MESSAGE, dump);
  if (message === undefined) return undefined;
  const stack = textOf(STACK, dump);
  return {
    name: textOf(TYPE, dump) || 'WorkflowTaskFailure',
    message,
    ...(stack ? { stack } : {}),
  };
}

function textOf(pattern: RegExp, dump: string): string | undefined {
  return pattern.exec(dump)?.[1]?.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}
