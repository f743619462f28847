import { afterEach, expect, it, jest } from '@jest/globals';
import { endedSpan } from '../ended-span.fixture.js';
import { ConsoleSink } from './console.sink.js';
import { detectedResource } from './opentelemetry.js';

const dir = jest.spyOn(console, 'dir').mockImplementation(() => undefined);
afterEach(() => void dir.mockClear());

it("prints a span as it ends, cleaned, in the form of OpenTelemetry's console exporter", () => {
  new ConsoleSink((span) => ({ ...span, name: `clean ${span.name}` })).onEnd(endedSpan({ attributes: { a: 1 } }));
  expect(dir.mock.calls).toEqual([
    [
      expect.objectContaining({
        name: 'clean step',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        id: 'b7ad6b7169203331',
        attributes: { a: 1 },
        timestamp: 1_795_000_000_000_000,
        duration: 1000,
        resource: { attributes: { 'service.name': 'fixture' } },
      }),
      { depth: 3 },
    ],
  ]);
});

it('waits for what is still being looked up about the host', async () => {
  const resource = detectedResource([{ detect: () => ({ attributes: { 'host.id': Promise.resolve('h-1') } }) }]);
  new ConsoleSink((span) => span).onEnd(endedSpan({ resource }));
  expect(dir).not.toHaveBeenCalled();
  await resource.waitForAsyncAttributes?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(dir.mock.calls[0]?.[0]).toMatchObject({ resource: { attributes: { 'host.id': 'h-1' } } });
});

it('swallows what a console or a span throws', () => {
  dir.mockImplementationOnce(() => {
    throw new Error('closed');
  });
  expect(() => new ConsoleSink((span) => span).onEnd(endedSpan())).not.toThrow();
});
