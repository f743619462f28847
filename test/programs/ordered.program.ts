import type { ChildProcess } from 'node:child_process';

/** A reply to an order, by the order's number; 0 says that the program takes orders. */
export interface NumberedReply {
  readonly id: number;
}

/** How one talks to a program in a process of its own. */
export interface OrderedChild<Order extends object, Reply extends NumberedReply> {
  readonly child: ChildProcess;
  /** What it is called in the error of an order that it did not live to carry out. */
  readonly name: string;
  /** What it said besides, for that error. */
  readonly said: string[];
  readonly send: (order: Order & NumberedReply) => void;
  readonly listen: (hear: (reply: Reply) => void) => void;
  /** Asks it to end. */
  readonly quit: (tell: (order: Order) => Promise<Reply>) => unknown;
}

/** A program that carries out orders in a process of its own. */
export interface OrderedProgram<Order extends object, Reply extends NumberedReply> {
  /** Sends an order and waits for its reply; rejects when the process ends before. */
  readonly tell: (order: Order) => Promise<Reply>;
  /** Resolves when the process has ended, whatever ended it. */
  readonly ended: Promise<void>;
  /** Ends it as a crash does: nothing is flushed, no handler runs. */
  readonly kill: () => Promise<void>;
  /** Lets it flush and end, and kills it when it does not; idempotent. */
  readonly stop: () => Promise<void>;
}

const STOP_MS = 20_000;

/** Resolves when the program takes orders; one that ends before is an error, and leaves no process. */
export async function takingOrders<Order extends object, Reply extends NumberedReply>({
  child,
  name,
  said,
  send,
  listen,
  quit,
}: OrderedChild<Order, Reply>): Promise<OrderedProgram<Order, Reply>> {
  const waiting = new Map<number, PromiseWithResolvers<Reply>>();
  let hasEnded = false;
  const lost = (): Error => new Error(`${name} ended: ${said.join('\n')}`);
  listen((reply) => {
    waiting.get(reply.id)?.resolve(reply);
    waiting.delete(reply.id);
  });
  const ended = new Promise<void>((resolve) => {
    // Also where it could not be started at all.
    child.on('error', (error) => said.push(error.message));
    child.once('close', () => resolve());
  }).then(() => {
    hasEnded = true;
    for (const { reject } of waiting.values()) reject(lost());
  });
  const replyTo = async (id: number): Promise<Reply> => {
    if (hasEnded) throw lost();
    const reply = Promise.withResolvers<Reply>();
    waiting.set(id, reply);
    return reply.promise;
  };
  let nextId = 1;
  const tell = (order: Order): Promise<Reply> => {
    const id = nextId++;
    const reply = replyTo(id);
    if (!hasEnded) send({ ...order, id });
    return reply;
  };
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      const timer = setTimeout(() => void kill(), STOP_MS);
      if (!hasEnded) await quit(tell);
      await ended;
      clearTimeout(timer);
    })());
  try {
    await replyTo(0);
  } catch (error) {
    await stop();
    throw error;
  }
  return { tell, ended, kill, stop };
}
