/** gRPC status codes that decide what is done about the search attribute. */
export const GRPC = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  unimplemented: 12,
  unauthenticated: 16,
};

/** gRPC code and text of an error of Temporal's client, which wraps the one of the transport. */
export function grpcStatus(error: unknown): { code: number | undefined; text: string } {
  let code: number | undefined;
  const texts: string[] = [];
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const { code: own, details, message, cause } = at as Record<'code' | 'details' | 'message' | 'cause', unknown>;
    if (typeof own === 'number') code ??= own;
    // The transport's message is its details once more, behind the code.
    for (const text of [details, message])
      if (typeof text === 'string' && !texts.some((told) => told !== '' && text.endsWith(told))) texts.push(text);
    at = cause;
  }
  return { code, text: texts.join('; ') };
}

/**
 * Whether the server refused a start because of this search attribute: it is not registered in the namespace, or as
 * another type, or it is one of the server's own. Nothing was started then, so that the start may be repeated without it.
 */
export function isRejectedAttribute(error: unknown, name: string): boolean {
  const { code, text } = grpcStatus(error);
  return code === GRPC.invalidArgument && /search ?attribute/i.test(text) && text.includes(name);
}
