import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { withSpan } from '../context/index.js';
import { createRootLogger, LINE_FIELDS } from './index.js';

interface Told {
  readonly error: {
    readonly type: string;
    readonly message: string;
    readonly stack?: string;
    readonly cause?: Told['error'];
  };
}

const written: Told[] = [];
const root = createRootLogger({
  component: 'worker',
  level: 'info',
  destination: { write: (text: string) => void written.push(JSON.parse(text) as Told) },
});
const users = (error: unknown): void => root.error({ err: error }, 'of the application');
const ours = (error: unknown): void => root.error({ [LINE_FIELDS]: { error } }, 'of the library');

function inTrace(digit: string, operation: () => void): Told['error'][] {
  written.length = 0;
  const ids = { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: TraceFlags.NONE };
  context.with(withSpan(ROOT_CONTEXT, trace.wrapSpanContext(ids)), operation);
  return written.map((line) => line.error);
}

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(() => context.disable());

it('an error that the application has logged is named by the line of the library, not told again', () => {
  const error = new RangeError('too far', { cause: new Error('the map') });
  const [first, second] = inTrace('a', () => [users, ours].forEach((log) => log(error)));
  expect(first).toMatchObject({ stack: expect.any(String), cause: { message: 'the map', stack: expect.any(String) } });
  expect(second).toEqual({ type: 'RangeError', message: 'too far' });
});

it('an error inside another is told once too', () => {
  const cause = new Error('the map');
  const [, second] = inTrace('a', () => [cause, new RangeError('too far', { cause })].forEach(ours));
  expect(second).toMatchObject({ stack: expect.any(String), cause: { type: 'Error', message: 'the map' } });
  expect(second?.cause).not.toHaveProperty('stack');
});

it('a line of the application tells what the application gave it, each time', () => {
  const error = new RangeError('too far');
  const told = inTrace('a', () => [ours, users, users].forEach((log) => log(error)));
  expect(told.map(({ stack }) => typeof stack)).toEqual(['string', 'string', 'string']);
});

it('an error that is thrown again in another trace is told there, and everywhere where there is no trace', () => {
  const error = new RangeError('kept and thrown again');
  for (const digit of ['a', 'b'])
    expect(inTrace(digit, () => ours(error))).toMatchObject([{ stack: expect.any(String) }]);
  written.length = 0;
  for (let i = 0; i < 2; i++) ours(new Error('outside'));
  ours(error);
  ours(error);
  expect(written.map((line) => typeof line.error.stack)).toEqual(['string', 'string', 'string', 'string']);
});
