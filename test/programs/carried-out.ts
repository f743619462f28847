import type { NumberedReply } from './ordered.program.ts';

/** A reply that is a result or an error. */
export interface ResultReply extends NumberedReply {
  readonly result?: unknown;
  readonly error?: string;
}

/** The result of an order; throws what the program failed with. */
export async function carriedOut(reply: Promise<ResultReply>): Promise<unknown> {
  const { result, error } = await reply;
  if (error !== undefined) throw new Error(error);
  return result;
}
