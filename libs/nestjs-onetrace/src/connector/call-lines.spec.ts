import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { runWithIdentity } from '../context/index.js';
import {
  configureFlowLines,
  createRootLogger,
  DEFAULT_WORK_LINES,
  setRootLogger,
  type WorkLineRules,
} from '../logging/index.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { createConnector, type HttpConnector } from './index.js';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly extra: Readonly<Record<string, unknown>>;
}

let spans: SpanCollector;
let server: Server;
let connector: HttpConnector;
let lines: Line[];
let received: unknown[];
let before: ReturnType<typeof setRootLogger>;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());
beforeEach(async () => {
  [lines, received] = [[], []];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };
  before = setRootLogger(createRootLogger({ component: 'gateway', level: 'info', destination }));
  server = createServer((request, response) => {
    received.push(request.headers['baggage']);
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'), 20);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  connector = open(false);
});
afterEach(async () => {
  configureFlowLines(undefined);
  await connector.close();
  server.closeAllConnections();
  server.close();
  setRootLogger(before);
});

function open(foreign: boolean): HttpConnector {
  const { port } = server.address() as AddressInfo;
  return createConnector({ name: 'plain', protocol: 'http', baseUrl: `http://127.0.0.1:${port}`, foreign });
}

const rules = (modelCalls: Partial<WorkLineRules>): void =>
  configureFlowLines({
    workflows: DEFAULT_WORK_LINES,
    activities: DEFAULT_WORK_LINES,
    modelCalls: { ...DEFAULT_WORK_LINES, ...modelCalls },
  });
const call = (): Promise<unknown> => connector.request({ method: 'GET', path: '/' });
const messages = () => lines.map(({ message }) => message);

it('tells of the beginning of a call and of each attempt unless that is switched off', async () => {
  await call();
  expect(messages()).toEqual([
    'model call started',
    'model request sent',
    'model response received',
    'model call completed',
  ]);
  lines.length = 0;
  rules({ started: false });
  await call();
  expect(messages()).toEqual(['model response received', 'model call completed']);
  await runWithIdentity({ logLevel: 'debug' }, call);
  expect(messages()).toHaveLength(6);
});

it('warns of a call that took too long', async () => {
  rules({ slowMs: 5 });
  await call();
  expect(lines.at(-1)).toMatchObject({
    level: 'WARN',
    message: 'model call completed',
    extra: { slower_than_ms: 5, attempts: 1 },
  });
  expect(lines.filter(({ level }) => level === 'WARN')).toHaveLength(1);
});

it('tells the other side that the flow is debugged, but nobody outside the own house', async () => {
  await runWithIdentity({ logLevel: 'debug' }, call);
  await connector.close();
  connector = open(true);
  await runWithIdentity({ logLevel: 'debug' }, call);
  expect(received).toEqual(['onetrace_log_level=debug', undefined]);
});
