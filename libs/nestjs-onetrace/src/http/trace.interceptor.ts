import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { context } from '@opentelemetry/api';
import { Observable, tap } from 'rxjs';
import { traceHandler } from './handler-span.js';
import { activeRequest } from './request-context.js';
import { RequestTraces } from './request-traces.js';
import { handledRoute } from './route-template.js';

/**
 * Tells the request's span which route was taken and which error ended the handler, and gives the handler its request's
 * context should something have lost it. A call that came by another transport gets a span of its own.
 */
@Injectable()
export class TraceInterceptor implements NestInterceptor {
  constructor(private readonly traces: RequestTraces) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType() !== 'http') return traceHandler(execution, next);
    const request = execution.switchToHttp().getRequest<object>();
    const trace = this.traces.of(request);
    if (trace === undefined) return next.handle();
    trace.matched(handledRoute(request));
    // Subscribed through an Observable of its own, so that nothing of the user's is patched.
    return new Observable((subscriber) => {
      // Handed the subscriber itself: a source that emits at once must hear when its consumer has had enough.
      const subscribe = () =>
        next
          .handle()
          .pipe(
            tap({
              next: (value: unknown) => {
                if (value instanceof StreamableFile) trace.readsFrom(value.getStream());
              },
              error: (error: unknown) => trace.failed(error),
            }),
          )
          .subscribe(subscriber);
      // What an interceptor before this one has made active inside the request stays active.
      return activeRequest() === trace ? subscribe() : context.with(trace.context, subscribe);
    });
  }
}
