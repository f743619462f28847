import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.js';
import type { Fault } from './fault.js';
import type { ModelCall } from './model-call.js';

/** What a fault makes of a request: another answer, none at all, or a connection that breaks. */
export type FaultOutcome = Answer | 'none' | 'reset';

/** `undefined` where the request goes on as if nothing were. */
export function outcomeOf(
  fault: Fault,
  request: IncomingMessage,
  call: ModelCall,
  isFirst: (key: string | undefined) => boolean,
): FaultOutcome | undefined {
  switch (fault.kind) {
    case 'slow':
      return undefined;
    case 'hang':
      return 'none';
    case 'reset':
      return 'reset';
    case 'status':
      return refused(call, fault.status);
    case '503-once':
      return isFirst(fault.key) ? refused(call, 503) : undefined;
    case '429':
      return {
        status: 429,
        headers: { 'retry-after': String(fault.seconds) },
        body: call.errorBody(429, 'fault on demand: too many requests'),
      };
    case 'redirect':
      return { status: 307, headers: { location: fault.to ?? request.url ?? '/' }, body: {} };
    case 'stream-error':
      return brokenStream(call);
    case 'garbled':
    case 'truncated':
    case 'half-closed':
    case 'wrong-type':
    case 'bomb':
    case 'drip':
      return { ...call.answer(), spoiling: fault };
  }
}

function refused(call: ModelCall, status: 500 | 503): Answer {
  const message = status === 500 ? 'fault on demand: the model failed' : 'fault on demand: the server is overloaded';
  return { status, body: call.errorBody(status, message) };
}

function brokenStream(call: ModelCall): Answer {
  const answer = call.answer();
  if (!('events' in answer)) return refused(call, 500);
  const error = JSON.stringify(call.errorBody(500, 'fault on demand: the model failed'));
  return { status: 200, events: [...answer.events.slice(0, answer.events.length / 2), error] };
}
