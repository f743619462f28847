import 'reflect-metadata';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { spansOfEachTest } from '../../testing/spans-of-each-test.fixture.js';
import { Trace } from '../trace.decorator.js';
import { onlySpan } from '../../testing/only-span.fixture.js';

const spans = spansOfEachTest();

class Service {
  @Trace()
  give<T>(value: T): T {
    return value;
  }
}
const service = new Service();
const only = () => onlySpan(spans);

describe('a stream from a traced method', () => {
  it('arrives as the very object, not started, and ends the span when it was read', async () => {
    const stream = Readable.from(['a', 'b']);
    expect(service.give(stream)).toBe(stream);
    await nextTurn();
    expect(stream.readableFlowing).toBeNull();
    expect(spans.spans()).toHaveLength(0);
    expect(await text(stream)).toBe('ab');
    await nextTurn();
    expect(only()?.attributes).toMatchObject({ 'method.success': true, 'method.result_type': 'Readable' });
    const untraced = Readable.from(['a', 'b']);
    await text(untraced);
    await nextTurn();
    expect(stream.eventNames().map((name) => stream.listenerCount(name))).toEqual(
      untraced.eventNames().map((name) => untraced.listenerCount(name)),
    );
  });

  it('is followed through a transformation', async () => {
    const zipped = service.give(Readable.from(['a']).pipe(createGzip()));
    await pipeline(zipped, new Writable({ write: (_chunk, _encoding, done) => done() }));
    only();
  });

  it('fails with its error, which stays unhandled where nobody listens', async () => {
    const stream = service.give(new PassThrough());
    expect(stream.listenerCount('error')).toBe(0);
    const ended = finished(stream);
    stream.destroy(new Error('cut'));
    await expect(ended).rejects.toThrow('cut');
    expect(only()).toMatchObject({ status: { code: SpanStatusCode.ERROR, message: 'cut' } });
  });

  it('that is destroyed before its end ends its span without success', async () => {
    const stream = service.give(createReadStream(import.meta.filename));
    stream.on('error', () => undefined).destroy();
    await once(stream, 'close');
    expect(only()?.attributes).not.toHaveProperty(['method.success']);
  });

  it('that is handed back again and again collects no listeners', async () => {
    const shared = new PassThrough();
    for (let call = 0; call < 20; call += 1) service.give(shared);
    expect(shared.listenerCount('close')).toBeLessThanOrEqual(1);
    expect(spans.spans()).toHaveLength(19);
    shared.destroy();
    await once(shared, 'close');
    expect(spans.spans()).toHaveLength(20);
  });

  it.each<[string, () => object]>([
    ['that only writes', () => new Writable()],
    ['that has ended', () => new PassThrough().destroy()],
  ])('%s is a value', (_what, make) => {
    service.give(make());
    only();
  });
});
