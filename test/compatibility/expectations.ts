/** The two HTTP servers that Nest has adapters for. */
export type Platform = 'express' | 'fastify';

/** What one request must leave behind, whatever Nest, platform, Node, module system and compiler carry it. */
export interface Expectation {
  readonly promise: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  /** Name of the SERVER span; `undefined` for a request that is left out of everything. */
  readonly server: string | undefined | Readonly<Record<Platform, string>>;
  /** The other spans, each the child of the one before. */
  readonly inner?: readonly string[];
  /** Messages of the lines between "request started" and "request completed", in any order with the latter. */
  readonly lines?: readonly string[];
  /** The span's status is that of an error. */
  readonly failed?: true;
  /** Attributes that the innermost span has, among others. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Response headers, each with a pattern of its value. */
  readonly answers?: Readonly<Record<string, RegExp>>;
  /** What the JSON body holds, among others; `TRACE_ID` stands for the trace ID of the answer. */
  readonly json?: object;
}

export const TRACE_ID = '<trace ID of the answer>';
export const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

/** Every application, with companions or without. */
export const EVERYWHERE: readonly Expectation[] = [
  {
    promise: 'a request is one trace, from its lines to its methods',
    path: '/v1/items/A1',
    status: 200,
    server: 'GET /v1/items/:id',
    inner: ['ItemsService.find', 'items.normalise'],
    lines: ["through Nest's logger", 'through PinoLogger', 'item found'],
    json: { id: 'a1', trace: TRACE_ID },
  },
  {
    promise: "a caller's trace is continued",
    path: '/v1/items/B2',
    headers: { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` },
    status: 200,
    server: 'GET /v1/items/:id',
    inner: ['ItemsService.find', 'items.normalise'],
    lines: ["through Nest's logger", 'through PinoLogger', 'item found'],
    json: { trace: CALLER.traceId },
  },
  {
    promise: 'a request that a guard rejects has its span',
    path: '/v1/items/a1/secret',
    status: 403,
    server: 'GET /v1/items/:id/secret',
  },
  {
    promise: 'an error of the handler is told',
    path: '/v1/items/a1/broken',
    status: 500,
    server: 'GET /v1/items/:id/broken',
    failed: true,
    lines: ['the disk is full'],
  },
  { promise: 'an unknown route has a span without a route', path: '/v1/nowhere', status: 404, server: 'GET' },
  {
    promise: 'a body that is no JSON has its span',
    method: 'POST',
    path: '/v1/users/u1/sleep-logs',
    headers: { 'content-type': 'application/json' },
    body: '{"hours":',
    status: 400,
    // Express parses the body before it looks for a route.
    server: { express: 'POST', fastify: 'POST /v1/users/:user/sleep-logs' },
  },
  {
    promise: 'the decorator of a hand-made tracing guide works as it is written there',
    method: 'POST',
    path: '/v1/users/u1/sleep-logs',
    headers: { 'content-type': 'application/json' },
    body: { hours: 7 },
    status: 201,
    server: 'POST /v1/users/:user/sleep-logs',
    inner: ['sleep.log.creation'],
    attributes: {
      'service.component': 'sleep-service',
      'operation.type': 'create',
      'method.class': 'SleepLogService',
      'method.name': 'createSleepLog',
      'method.args_count': 2,
      'method.success': true,
      'method.result_type': 'object',
    },
    json: { id: 'log-1' },
  },
  {
    promise: 'its second example too',
    path: '/v1/users/u1/sleep-logs/pattern',
    status: 200,
    server: 'GET /v1/users/:user/sleep-logs/pattern',
    inner: ['sleep.analysis.pattern'],
    attributes: { 'analysis.type': 'pattern_recognition' },
    json: { pattern: 'regular' },
  },
  { promise: 'the metrics are served, outside the traces', path: '/metrics', status: 200, server: undefined },
  { promise: 'a health check is left out', path: '/health', status: 200, server: undefined, json: { status: 'ok' } },
];

/** Applications that use nestjs-cls, nestjs-pino, terminus, throttler, Swagger, helmet and compression. */
export const WITH_COMPANIONS: readonly Expectation[] = [
  {
    promise: 'nestjs-cls and its store know the same trace',
    path: '/v1/basket',
    status: 200,
    server: 'GET /v1/basket',
    inner: ['BasketService.open'],
    lines: ['basket opened'],
    json: { ours: TRACE_ID, cls: TRACE_ID },
    answers: { 'x-dns-prefetch-control': /^off$/ },
  },
  { promise: 'a request within its limit', path: '/v1/basket/limited', status: 200, server: 'GET /v1/basket/limited' },
  {
    promise: 'a throttled request has its span',
    path: '/v1/basket/limited',
    status: 429,
    server: 'GET /v1/basket/limited',
    answers: { 'retry-after': /^\d+$/ },
  },
  {
    promise: 'a compressed answer has its span and its headers',
    path: '/v1/basket/large',
    headers: { 'accept-encoding': 'gzip', origin: 'https://shop.example' },
    status: 200,
    server: 'GET /v1/basket/large',
    answers: { 'content-encoding': /^gzip$/, 'access-control-expose-headers': /X-Trace-ID/ },
  },
  ...['above', 'between', 'below'].flatMap((place): Expectation[] => [
    {
      promise: `@Trace ${place} Nest's and Swagger's decorators`,
      path: `/v1/catalogue/${place}/4`,
      status: 200,
      server: `GET /v1/catalogue/${place}/:id`,
      inner: [`catalogue.${place}`],
      json: { id: 4, title: place },
    },
    {
      promise: `pipes keep their metadata with @Trace ${place} the others`,
      path: `/v1/catalogue/${place}/four`,
      status: 400,
      server: `GET /v1/catalogue/${place}/:id`,
    },
  ]),
  {
    promise: 'the document of Swagger is what it is without @Trace',
    path: '/docs-json',
    status: 200,
    server: 'GET /docs-json',
    json: {
      paths: Object.fromEntries(
        ['above', 'between', 'below'].map((place) => [
          `/v1/catalogue/${place}/{id}`,
          {
            get: {
              operationId: `CatalogueController_${place}`,
              summary: `trace ${place}`,
              parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'number' } }],
              responses: {
                200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Article' } } } },
              },
            },
          },
        ]),
      ),
    },
  },
];
