import { expect, it } from '@jest/globals';
import { type Logger, pino } from 'pino';
import { setNoticeSink } from '../tracing/index.js';
import { setProcessComponent } from './process-component.js';
import { adoptPino } from './plain-pino.js';

it('makes a plain pino logger, and the children that it has, write the schema with its own serializers and redaction', () => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) };
  const logger = pino(
    { base: null, level: 'debug', redact: ['card'], serializers: { cart: () => 'cart!' } },
    destination,
  );
  const child = logger.child({ shop: 's-1' });
  expect(adoptPino(logger, 'checkout')).toBe(logger);
  child.debug({ card: '4111', cart: {} }, 'opened');
  expect(lines).toMatchObject([
    {
      level: 'DEBUG',
      message: 'opened',
      component: 'checkout',
      extra: { shop: 's-1', card: '[Redacted]', cart: 'cart!' },
    },
  ]);
});

it("names the running application's component unless it is given one", () => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) };
  const logger = adoptPino(pino({}, destination));
  setProcessComponent('gateway');
  logger.info('one');
  setProcessComponent('worker');
  logger.info('two');
  expect(lines.map(({ component }) => component)).toEqual(['gateway', 'worker']);
});

it('leaves a logger of another copy of pino as it is, and says so', () => {
  const notices: string[] = [];
  setNoticeSink((message) => void notices.push(message));
  const foreign: Pick<Logger, 'level' | 'info'> = { level: 'info', info: () => undefined };
  const before = { ...foreign };
  expect(adoptPino(foreign)).toEqual(before);
  expect(notices).toEqual([expect.stringContaining('install one pino for both')]);
});
