import fc from 'fast-check';
import { nearly } from './mutation.arbitrary.ts';

/** What a hostile client does with one connection. */
export interface HostileConnection {
  /** Sent one after the other. */
  readonly chunks: readonly Buffer[];
  /** How it goes on: waits for an answer, ends its side, or vanishes. */
  readonly ending: 'answer' | 'end' | 'vanish';
}

const text = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: 'binary', maxLength });
/** What Node.js lets through in a header's value: everything of Latin-1 but control characters. */
const legalText = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code < 0x7f || code > 0x9f)
    .map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 25, arbitrary: usual }, { weight: 1, arbitrary: rare });
const huge = fc.integer({ min: 1000, max: 40_000 }).map((length) => 'x'.repeat(length));

const method = often(
  fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'),
  fc.oneof(fc.constantFrom('TRACE', 'CONNECT', 'PURGE', 'get', 'QUERY', 'M-SEARCH', '', 'GET GET'), text(8)),
);
const target = often(
  fc.constantFrom(
    '/things/a',
    '/things/a?b=c',
    '/things',
    '/broken',
    '/slow',
    '/stream',
    '/events',
    '/nowhere',
    '/health',
  ),
  fc.oneof(
    fc.constantFrom(
      '',
      '*',
      '//',
      '/%',
      '/things/%zz',
      '/%00',
      '/..%2f..',
      'http://u:p@h/things/a',
      'h:80',
      '/things/%E0%A4',
      '/\t',
    ),
    nearly(fc.constant('/things/a?b=c')),
    huge.map((long) => `/${long}`),
  ),
);
const version = often(
  fc.constantFrom('HTTP/1.1', 'HTTP/1.0'),
  fc.constantFrom('HTTP/2.0', 'HTTP/9.9', 'HTTP', '', 'http/1.1'),
);

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const value = fc.oneof(
  nearly(
    fc.constantFrom(TRACEPARENT, 'rojo=1,congo=2', 'client_id=a,user_id=u;p=q', 'request-12345', '1795229616.448'),
  ),
  fc.constantFrom(TRACEPARENT, `${TRACEPARENT}-x`, 'rojo=1', 'client_id=%C3%A9', 'dept-a', 'b7ad6b7169203331', ''),
  legalText,
);
const tracingHeader = fc.tuple(
  fc.constantFrom(
    'traceparent',
    'TraceParent',
    'tracestate',
    'baggage',
    'X-Request-ID',
    'X-Client-ID',
    'X-Edge-Start',
    'X-Edge-Parent',
  ),
  often(value, huge),
);
const httpHeader = fc.constantFrom<[string, string]>(
  ['Content-Type', 'application/json'],
  ['Content-Type', 'application/json; charset=nonsense'],
  ['Content-Encoding', 'gzip'],
  ['Content-Length', '7'],
  ['Content-Length', '0'],
  ['Content-Length', '999999999999'],
  ['Transfer-Encoding', 'chunked'],
  ['Expect', '100-continue'],
  ['Expect', 'nonsense'],
  ['Connection', 'close'],
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Host', ''],
  ['Origin', 'http://a.test'],
  ['Range', 'bytes=5-2'],
  ['User-Agent', '\u00ff'],
  ['Accept', '\t'],
);
const brokenHeader = fc.tuple(
  fc.oneof(text(10), fc.constantFrom(' leading', 'a b', ':', '__proto__', 'constructor')),
  text(20),
);
const header = fc.oneof(
  { weight: 80, arbitrary: tracingHeader },
  { weight: 20, arbitrary: httpHeader },
  { weight: 1, arbitrary: brokenHeader },
);
const body = fc.oneof(
  { weight: 10, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('{"a":1}', '{"a":', '7\r\n{"a":1}\r\n0\r\n\r\n', 'zz\r\nx', '\0\0') },
  { weight: 1, arbitrary: text(60) },
);

const request = fc
  .tuple(
    method,
    target,
    version,
    fc.array(header, { maxLength: 8 }),
    often(fc.constant('Host: h\r\n'), fc.constant('')),
    body,
  )
  .map(
    ([verb, path, protocol, headers, host, content]) =>
      `${verb} ${path} ${protocol}\r\n${host}${headers.map(([name, of]) => `${name}: ${of}\r\n`).join('')}\r\n${content}`,
  );

/** Connections with one request, several at once (pipelined), a part of one, or noise; in one piece or in several. */
export const hostileConnection: fc.Arbitrary<HostileConnection> = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: request },
      { weight: 2, arbitrary: fc.array(request, { minLength: 2, maxLength: 5 }).map((requests) => requests.join('')) },
      { weight: 1, arbitrary: fc.tuple(request, fc.nat(400)).map(([whole, length]) => whole.slice(0, length)) },
      { weight: 1, arbitrary: text(200) },
    ),
    fc.array(fc.nat(300), { maxLength: 2 }),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<HostileConnection['ending']>('answer') },
      { weight: 1, arbitrary: fc.constantFrom<HostileConnection['ending']>('end', 'vanish') },
    ),
  )
  .map(([sent, cuts, ending]) => {
    const bytes = Buffer.from(sent, 'latin1');
    const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
    const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
    return { chunks: chunks.filter((chunk) => chunk.length > 0), ending };
  });
