import { STATUS_CODES } from 'node:http';

/** What NestJS's HttpException keeps of its constructor's arguments. */
interface HttpExceptionLike {
  readonly message: unknown;
  readonly cause?: unknown;
  readonly errorCode?: unknown;
  readonly response: unknown;
  readonly status: unknown;
}

/**
 * What an own property of an error adds to what the line says of that error anyway, `undefined` for nothing: not its cause under another name, and
 * of an HttpException neither the options that it was made with nor a response that is no more than message and status. Never throws.
 */
export function addedBy(error: object, key: string, value: unknown): unknown {
  try {
    const { cause } = error as { readonly cause?: unknown };
    if (typeof value === 'object' && value !== null && value === cause) return undefined;
    if ((key !== 'options' && key !== 'response') || !isHttpException(error)) return value;
    return key === 'options' ? addedByOptions(error, value) : addedByResponse(error, value);
  } catch {
    return value;
  }
}

function addedByOptions(error: HttpExceptionLike, options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  const added = Object.entries(options).filter(([name, value]) => !isOption(error, name, value));
  return added.length === 0 ? undefined : Object.fromEntries(added);
}

function addedByResponse(error: HttpExceptionLike, response: unknown): unknown {
  if (typeof response !== 'object' || response === null) return response === error.message ? undefined : response;
  return Object.entries(response).every(([name, value]) => isOfBody(error, name, value)) ? undefined : response;
}

function isHttpException(error: object): error is HttpExceptionLike {
  const { getStatus, getResponse } = error as { readonly getStatus?: unknown; readonly getResponse?: unknown };
  return typeof getStatus === 'function' && typeof getResponse === 'function';
}

function isOption(error: HttpExceptionLike, name: string, value: unknown): boolean {
  if (name === 'cause') return value === error.cause;
  if (name === 'errorCode') return value === error.errorCode;
  if (name !== 'description') return false;
  // It stands in the body, unless it is that of the status.
  const { error: described } = (error.response ?? {}) as { readonly error?: unknown };
  return value === described || value === error.message;
}

function isOfBody(error: HttpExceptionLike, name: string, value: unknown): boolean {
  if (name === 'message') return value === error.message;
  if (name === 'statusCode') return value === error.status;
  if (name === 'errorCode') return value === error.errorCode;
  return name === 'error' && value === STATUS_CODES[Number(error.status)];
}
