import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';
import { withIdentity, withSpan } from '../context/index.js';
import { componentLogger, createRootLogger, setRootLogger } from './index.js';

const nowhere = { write: () => undefined };
const SPAN = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
};
const isoTime = (): string => `,"timestamp":"${new Date().toISOString()}"`;

let requests = 0;

/** What all lines below say besides trace, span and client: something of each request, and what is the same for all. */
const extra = () => ({
  method: 'GET',
  route: '/things/:id',
  path: `/things/${(requests += 1) % 1000}`,
  status: 200,
  request_id: requests.toString(16).padStart(32, '0'),
});

/** Runs an operation where a request is under way. */
function inRequest(operation: () => void): () => void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const request = withIdentity(withSpan(ROOT_CONTEXT, trace.wrapSpanContext(SPAN)), { clientId: 'dept-a' });
  return () => context.with(request, operation);
}

function barePino(): () => void {
  const log = pino({ base: null, timestamp: isoTime }, nowhere);
  return inRequest(() =>
    log.info(
      {
        trace_id: SPAN.traceId,
        span_id: SPAN.spanId,
        component: 'gateway',
        client_id: 'dept-a',
        duration_ms: 12,
        extra: extra(),
      },
      'request completed',
    ),
  );
}

/** nestjs-pino as one sets it up for traces: a mixin asks the context. */
function nestjsPinoWithMixin(): () => void {
  const mixin = (): object => {
    const span = trace.getActiveSpan()?.spanContext();
    return { trace_id: span?.traceId, span_id: span?.spanId, component: 'gateway', client_id: 'dept-a' };
  };
  const options = { base: null, timestamp: isoTime, mixin, stream: nowhere } as const;
  const log = new PinoLogger({ pinoHttp: options as never });
  return inRequest(() => log.info({ duration_ms: 12, extra: extra() }, 'request completed'));
}

function onetrace(): void {
  setRootLogger(createRootLogger({ component: 'gateway', level: 'info', destination: nowhere }));
}

function ownLine(): () => void {
  onetrace();
  const log = componentLogger();
  return inRequest(() => log.info('request completed', { duration_ms: 12, extra: extra() }));
}

function usersLine(): () => void {
  const logger = createRootLogger({ component: 'gateway', level: 'info', destination: nowhere });
  return inRequest(() => logger.info({ duration_ms: 12, ...extra() }, 'request completed'));
}

/** A line with the same fields, from the call of the logger to the text that goes to the destination. */
export default {
  'one line in a request': {
    'bare pino': barePino,
    'nestjs-pino with a mixin': nestjsPinoWithMixin,
    "onetrace, the library's own": ownLine,
    "onetrace, the user's": usersLine,
  },
};
