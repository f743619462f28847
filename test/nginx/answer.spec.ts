import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startEdge, value, type Answer, type Edge } from './edge.harness.ts';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge({ readTimeout: '1s' });
});
afterAll(() => edge?.stop());

/** The caller holds the trace ID, once, and the access line is found by it. */
async function expectFound(answer: Answer, status: number): Promise<void> {
  expect(answer.status).toBe(status);
  const trace = value(answer.headers, 'x-trace-id') ?? '';
  expect(trace).toMatch(/^[0-9a-f]{32}$/);
  expect(value(answer.headers, 'x-request-id')).toBe(trace);
  expect((await edge.line(trace)).extra).toMatchObject({ status });
}

test('the trace ID comes back once, also when the gateway sends it as well', async () => {
  edge.answerWith((_request, response) => {
    response.writeHead(200, { 'X-Trace-ID': 'of-the-gateway', 'X-Request-ID': 'of-the-gateway' }).end('{}');
  });
  await expectFound(await edge.send(), 200);
});

test("an error of the gateway keeps the gateway's body", async () => {
  edge.answerWith((_request, response) =>
    response.writeHead(502, { 'content-type': 'application/json' }).end('{"mine":1}'),
  );
  const answer = await edge.send();
  await expectFound(answer, 502);
  expect(answer.body).toContain('{"mine":1}');
});

test('a refused route says 404 in JSON', async () => {
  const answer = await edge.send({ path: '/metrics' });
  await expectFound(answer, 404);
  expect(JSON.parse(answer.body)).toEqual({
    statusCode: 404,
    message: 'Not found',
    trace_id: value(answer.headers, 'x-trace-id'),
  });
});

test('an unreadable request has a trace ID, too', async () => {
  await expectFound(await edge.send({ path: '/a\x01b' }), 400);
  await expectFound(await edge.send({ headers: [['X-Huge', 'x'.repeat(40_000)]] }), 400);
  await expectFound(await edge.send({ path: `/${'a'.repeat(40_000)}` }), 414);
});

test('a body over the limit says 413', async () => {
  const answer = await edge.send({ method: 'POST', body: 'x'.repeat(11_000_000) });
  await expectFound(answer, 413);
  expect(JSON.parse(answer.body)).toMatchObject({ statusCode: 413, message: 'The request body is too large' });
});

test('a gateway that never answers is a 504 with the trace ID in body, header and line', async () => {
  edge.answerWith(() => {});
  const answer = await edge.send({ method: 'POST', path: '/v1/hang.html', body: '{}' });
  await expectFound(answer, 504);
  expect(value(answer.headers, 'content-type')).toBe('application/json');
  const trace = value(answer.headers, 'x-trace-id') ?? '';
  expect(JSON.parse(answer.body)).toEqual({
    statusCode: 504,
    message: 'The gateway did not answer in time',
    trace_id: trace,
  });
  // The trace ID is the one that went inwards before the error.
  expect(value(edge.last().headers, 'traceparent')).toContain(trace);
  expect(await edge.line(trace)).toMatchObject({ level: 'ERROR', message: 'POST /v1/hang.html 504' });
});

test('a gateway that is down is a 502 with the trace ID', async () => {
  await edge.stopUpstream();
  const answer = await edge.send();
  await expectFound(answer, 502);
  const trace = value(answer.headers, 'x-trace-id');
  expect(JSON.parse(answer.body)).toEqual({
    statusCode: 502,
    message: 'The gateway cannot be reached',
    trace_id: trace,
  });
});
