/** Causes that are followed inwards. */
const DEEPEST = 10;

/** An error as far as it is told. */
export interface Told<Thrown> {
  readonly message: string | null | undefined;
  readonly cause: Thrown | null | undefined;
}

/** Follows causes inwards: the innermost one, and the messages on the way to it. */
export function rootCause<Thrown>(
  outermost: Thrown,
  tell: (thrown: Thrown) => Told<Thrown>,
): { root: Thrown; message: string } {
  const messages: string[] = [];
  let root = outermost;
  for (let depth = 0, at: Thrown | null | undefined = outermost; at && depth < DEEPEST; depth += 1) {
    root = at;
    const { message, cause } = tell(at);
    if (message && messages.at(-1) !== message) messages.push(message);
    at = cause;
  }
  return { root, message: messages.join(': ') };
}
