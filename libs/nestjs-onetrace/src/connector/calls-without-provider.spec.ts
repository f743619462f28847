import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { createRootLogger, setRootLogger } from '../logging/index.js';
import { createConnector } from './index.js';

it('a call where nobody records spans has lines without a parent, and sends no trace, its caller’s neither', async () => {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string): void => void lines.push(JSON.parse(text) as Record<string, unknown>);
  const before = setRootLogger(createRootLogger({ component: 'script', level: 'info', destination: { write } }));
  let sent: unknown;
  const server = createServer((request, response) => {
    sent = request.headers['traceparent'];
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const files = createConnector({ name: 'files', protocol: 'http', baseUrl: `http://127.0.0.1:${port}` });
  try {
    await files.request({ path: '/list', headers: { traceparent: 'x' } });
  } finally {
    await files.close();
    server.close();
    setRootLogger(before);
  }
  expect(lines.map(({ message }) => message)).toContain('model request sent');
  expect(sent).toBeUndefined();
  expect(JSON.stringify(lines)).not.toMatch(/parent_span_id|0{16}/);
});
