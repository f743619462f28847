import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Fault, selectFaults, UnknownFaultError } from './fault.js';
import { BodyError } from './json-body.reader.js';
import type { Answer } from './answer.js';
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
): Promise<Answer | 'none' | 'reset'> {
  try {
    const faults = selectFaults({
      header: single(request.headers['x-fault']),
      texts: call.markedTexts,
      fallback: serving.faults,
    });
    const slow = faults.reduce((sum, fault) => sum + (fault.kind === 'slow' ? fault.ms : 0), 0);
    if (!(await waited(serving.latencyMs + slow, gone))) return 'none';
    for (const fault of faults) {
      const outcome = applyFault(fault, request, call, serving);
      if (outcome !== undefined) return outcome;
    }
    return call.answer();
  } catch (error) {
    const status = error instanceof BodyError || error instanceof UnknownFaultError ? 400 : 500;
    return { status, body: call.errorBody(status, (error as Error).message) };
  }
}

function applyFault(
  fault: Fault,
  request: IncomingMessage,
  call: ModelCall,
  { onceKeys, tracing }: ServingContext,
): Answer | 'none' | 'reset' | undefined {
  switch (fault.kind) {
    case 'slow':
      return undefined;
    case 'garbled':
      return { ...call.answer(), garbled: true };
    case 'hang':
      return 'none';
    case 'reset':
      return 'reset';
    case 'status':
      return failed(call, fault.status);
    case '503-once':
      return onceKeys.first(fault.key ?? traceIdOf(request, tracing) ?? call.model) ? failed(call, 503) : undefined;
  }
}

function failed(call: ModelCall, status: 500 | 503): Answer {
  const message = status === 500 ? 'fault on demand: the model failed' : 'fault on demand: the server is overloaded';
  return { status, body: call.errorBody(status, message) };
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
