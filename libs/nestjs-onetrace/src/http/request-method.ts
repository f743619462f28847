/** Methods that the HTTP conventions know; others stay out of names and label values, so that a scanner cannot make new ones. */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'QUERY',
]);

/** Value of `http.request.method` for a method that the conventions do not know. */
export const OTHER_METHOD = '_OTHER';

/** Whether a method may become a name. */
export function isKnownMethod(method: string): boolean {
  return KNOWN_METHODS.has(method);
}
