import { expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { Observable, take } from 'rxjs';
import type { RequestTraces } from './request-traces.js';
import { TraceInterceptor } from './trace.interceptor.js';

const trace = { context: ROOT_CONTEXT, matched: () => undefined, failed: () => undefined };
const interceptor = new TraceInterceptor({ of: () => trace } as unknown as RequestTraces);
const execution = {
  getType: () => 'http',
  switchToHttp: () => ({ getRequest: () => ({}) }),
} as unknown as ExecutionContext;

it('lets a handler that emits at once hear that its consumer has had enough', () => {
  let emitted = 0;
  const source = new Observable<number>((subscriber) => {
    while (!subscriber.closed && emitted < 1000) subscriber.next((emitted += 1));
  });
  interceptor
    .intercept(execution, { handle: () => source })
    .pipe(take(1))
    .subscribe();
  expect(emitted).toBe(1);
});
