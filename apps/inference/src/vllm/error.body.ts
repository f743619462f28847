import type { Answer } from '../answer.js';
import { BodyError, NotJsonError } from '../json-body.reader.js';

const TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  413: 'BadRequestError',
  429: 'TooManyRequestsError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError',
};

/** vLLM's error body: a nested object whose code is a number. */
export function vllmErrorBody(status: number, message: string, param: string | null = null, type?: string): unknown {
  return { error: { message, type: type ?? TYPES[status] ?? 'InternalServerError', param, code: status } };
}

/** vLLM's answer to a body that it cannot use. */
export function vllmRefusal(error: BodyError): Answer {
  const { status, message, details } = error instanceof NotJsonError ? notJson(error) : error;
  return { status, body: vllmErrorBody(status, message, details.param, details.type) };
}

/** A body that does not fit the schema, in the words of vLLM's validation. */
export function schemaError(type: string, location: string, message: string): BodyError {
  const words = `1 validation error:\n  {'type': '${type}', 'loc': '${location}', 'msg': '${message}'}`;
  return new BodyError(400, words, { param: location, type: 'Bad Request' });
}

function notJson({ position }: NotJsonError): BodyError {
  return schemaError('json_invalid', `body.${position}`, 'JSON decode error');
}
