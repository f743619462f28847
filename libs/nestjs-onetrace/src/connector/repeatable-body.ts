import { types } from 'node:util';

/** A body that can be sent as often as needed. */
export type RepeatableBody = string | Blob | URLSearchParams | FormData;

/**
 * A copy of a body that its owner can no longer change; `undefined` of one that can be read
 * once, or that nobody knows.
 */
export function repeatableBody(body: RequestInit['body']): RepeatableBody | undefined {
  if (typeof body === 'string' || body instanceof Blob) return body;
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (body instanceof FormData) return copyOf(body);
  // A Blob without a type adds no content type either.
  if (types.isAnyArrayBuffer(body) || ArrayBuffer.isView(body)) return new Blob([body]);
  return undefined;
}

function copyOf(form: FormData): FormData {
  const copy = new FormData();
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
