import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Fault, selectFaults, UnknownFaultError } from './fault.js';
import { BodyError } from './json-body.reader.js';
import { type FaultOutcome, outcomeOf } from './fault.outcome.js';
import type { ModelCall } from './model-call.js';
import type { OnceKeys } from './once-keys.js';
import { RequestLog } from './request.log.js';
import type { LineWriter } from './line.writer.js';
import type { ServerTracing } from './tracing/server-tracing.js';
import { sendAnswer } from './answer.writer.js';

/** What serving a model call needs besides the call. */
export interface ServingContext {
  readonly latencyMs: number;
  readonly faults: readonly Fault[];
  readonly onceKeys: OnceKeys;
  /** `undefined` in the mode that ignores `traceparent`: then nothing is logged or exported either. */
  readonly tracing: ServerTracing | undefined;
  readonly lines: LineWriter;
}

/** Serves one model call: its lines, its span, its latency and the faults it asks for. */
export async function serveModelCall(
  request: IncomingMessage,
  response: ServerResponse,
  call: ModelCall,
  serving: ServingContext,
): Promise<void> {
  const span = call.startSpan(request.headers);
  const { lines, tracing } = serving;
  const log = tracing && new RequestLog(lines, request, call, span, tracing.carried(request.headers));
  log?.received();

  const gone = new AbortController();
  response.once('close', () => {
    if (response.writableFinished) return;
    gone.abort();
    log?.aborted();
  });

  const answer = await answerWithFaults(request, call, serving, gone.signal);
  if (answer === 'none') return;
  if (answer === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  await sendAnswer(response, answer, gone.signal);
  if (gone.signal.aborted) return;
  span?.finish(answer);
  log?.completed(answer);
}

/** The answer after latency and faults; 'none' when the client left or must wait for ever. */
async function answerWithFaults(
  request: IncomingMessage,
  call: ModelCall,
  serving: ServingContext,
  gone: AbortSignal,
): Promise<FaultOutcome> {
  try {
    const faults = selectFaults({
      header: single(request.headers['x-fault']),
      texts: call.markedTexts,
      fallback: serving.faults,
    });
    const slow = faults.reduce((sum, fault) => sum + (fault.kind === 'slow' ? fault.ms : 0), 0);
    if (!(await waited(serving.latencyMs + slow, gone))) return 'none';
    const isFirst = (key: string | undefined): boolean =>
      serving.onceKeys.first(key ?? traceIdOf(request, serving.tracing) ?? call.model);
    for (const fault of faults) {
      const outcome = outcomeOf(fault, request, call, isFirst);
      if (outcome !== undefined) return outcome;
    }
    return call.answer();
  } catch (error) {
    if (error instanceof BodyError) return call.refuse(error);
    const status = error instanceof UnknownFaultError ? 400 : 500;
    return { status, body: call.errorBody(status, (error as Error).message) };
  }
}

// The key of "once" also where tracing is off: selecting a fault is the test's business, not the server's.
function traceIdOf(request: IncomingMessage, tracing: ServerTracing | undefined): string | undefined {
  if (tracing !== undefined) return tracing.carried(request.headers)?.traceId;
  return single(request.headers['traceparent'])?.split('-')[1];
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    if (ms > 0) await wait(ms, undefined, { signal });
    return !signal.aborted;
  } catch {
    return false;
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
