import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Span } from '../../../libs/onetrace/src/telemetry/span.ts';
import { until } from '../../temporal/temporal.harness.ts';
import type { ContractCase, ExpectedEvents } from './contract.case.ts';

/** Where the contract is tried. */
export interface ContractPlace {
  readonly url: string;
  /** Spans of the server that have arrived so far. */
  readonly spans: readonly Span[];
}

/** What came of a request. */
interface Exchange {
  readonly traceId: string;
  readonly spanId: string;
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

const NONE: readonly string[] = [];

/** Asks a server everything at once, and holds each answer and its spans to the table. */
export function describeContract(server: string, cases: readonly ContractCase[], place: () => ContractPlace): void {
  describe(`${server} keeps the contract:`, () => {
    const exchanges = new Map<ContractCase, Exchange>();
    beforeAll(async () => {
      for (const one of cases) exchanges.set(one, await exchange(place().url, one));
      // What was recorded of the others has arrived once the last one's has.
      const last = cases.find(({ spans = NONE }) => spans.length > 0);
      if (last === undefined) return;
      const { traceId } = await exchange(place().url, last);
      await until('the spans of the last request', () => spansOf(place(), traceId)[last.spans?.length ? 0 : 1]);
    });

    it.each(cases.map((one) => [one.what, one] as const))('%s', async (_, one) => {
      const { status, type, text, traceId, spanId } = exchanges.get(one) as Exchange;
      expect(status).toBe(one.status);
      if (one.type !== undefined) expect(type?.split(';')[0]).toBe(one.type);
      if (one.events !== undefined) expectEvents(text, one.events);
      else if (one.answer === undefined) expect(text).toBe('');
      else expect(JSON.parse(text)).toEqual(one.answer);

      const names = one.spans ?? NONE;
      const spans = await until(`spans of ${one.what}`, () => {
        const found = spansOf(place(), traceId);
        return found.length >= names.length ? found : undefined;
      });
      expect(spans.map(({ name }) => name)).toEqual(names);
      const parents = [spanId, ...spans.map((span) => span.spanId)].slice(0, names.length);
      expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual(parents);
      expect(new Set(spans.map(({ kind }) => kind))).toEqual(new Set(names.length > 0 ? ['server'] : []));
      if (one.attributes !== undefined) {
        const described = spans.find(({ name }) => name === one.attributes?.of);
        expect(described?.attributes).toMatchObject(one.attributes.are);
      }
      for (const [name, count] of Object.entries(one.spanEvents ?? {})) {
        expect([name, spans[0]?.events.filter((event) => event.name === name).length]).toEqual([name, count]);
      }
    });
  });
}

function expectEvents(text: string, { all, first, each, last }: ExpectedEvents): void {
  expect(text).toMatch(/^(?:data: .*\n\n)+$/);
  const events = text
    .split('\n\n')
    .slice(0, -1)
    .map((event) => event.slice('data: '.length))
    .map((data): unknown => (data === '[DONE]' ? data : JSON.parse(data)));
  if (all !== undefined) expect(events).toEqual(all);
  if (first !== undefined) expect(events[0]).toEqual(first);
  if (each !== undefined) for (const event of events) if (event !== '[DONE]') expect(event).toEqual(each);
  if (last !== undefined) expect(events.slice(-last.length)).toEqual(last);
}

/** The spans of a trace, the outermost first: each has one child at most. */
function spansOf({ spans }: ContractPlace, traceId: string): Span[] {
  const found = spans.filter((span) => span.traceId === traceId);
  const depth = (span: Span): number => {
    const parent = found.find(({ spanId }) => spanId === span.parentSpanId);
    return parent === undefined ? 0 : depth(parent) + 1;
  };
  return found.sort((left, right) => depth(left) - depth(right));
}

function exchange(url: string, { method = 'POST', path, body, headers, unsampled }: ContractCase): Promise<Exchange> {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(path, url),
      {
        method,
        agent: false,
        headers: {
          traceparent: `00-${traceId}-${spanId}-${unsampled === true ? '00' : '01'}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            ...{ traceId, spanId, status: response.statusCode ?? 0, type: response.headers['content-type'] },
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
}
