import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { RequestTraces } from './request-traces.js';

/**
 * Runs each handler inside its request's context, which body parsing can lose, and tells the request's span the error
 * that ended the handler. Requests of other transports pass unharmed.
 */
@Injectable()
export class TraceInterceptor implements NestInterceptor {
  constructor(private readonly traces: RequestTraces) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType() !== 'http') return next.handle();
    const trace = this.traces.of(execution.switchToHttp().getRequest<object>());
    if (trace === undefined) return next.handle();
    // Subscribed inside the context, through an Observable of its own, so that nothing of the user's is patched.
    return new Observable((subscriber) =>
      context.with(trace.context, () =>
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            trace.failed(error);
            subscriber.error(error);
          },
          complete: () => subscriber.complete(),
        }),
      ),
    );
  }
}
