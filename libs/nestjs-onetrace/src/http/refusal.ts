import { HttpException } from '@nestjs/common';
import { errorMessage } from '../tracing/index.js';

const LONGEST_REFUSAL = 512;
/** What Nest says of a request for which there is no route. */
const NO_ROUTE = /^(Cannot \S+ [^\s?]*)\?[^]*$/;

/** Why a request was refused, by what was thrown: the messages of a validation, else that of the error; at most 512 characters. Never throws. */
export function refusalReason(thrown: unknown): string {
  // The query is written nowhere: it may hold secrets.
  const reason = validationMessages(thrown) ?? errorMessage(thrown).replace(NO_ROUTE, '$1');
  return reason.length > LONGEST_REFUSAL ? `${reason.slice(0, LONGEST_REFUSAL - 1)}…` : reason;
}

/** Nest's pipes give a list, beside a message that says nothing but "Bad Request Exception". */
function validationMessages(thrown: unknown): string | undefined {
  try {
    if (!(thrown instanceof HttpException)) return undefined;
    const { message } = thrown.getResponse() as { readonly message?: unknown };
    return Array.isArray(message) && message.every((part) => typeof part === 'string') && message.length > 0
      ? message.join('; ')
      : undefined;
  } catch {
    return undefined;
  }
}
