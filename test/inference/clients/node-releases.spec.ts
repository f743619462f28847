import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { NODE_RELEASES, type NodeName, nodeRelease } from '../../compatibility/node-release.ts';

const PROGRAM = fileURLToPath(new URL('fetch.program.mjs', import.meta.url));
const echo = { status: 201, headers: [['a=1', 'b=2'], 'caf\xe9'], body: 'words', isResponse: true };

describe('connector.fetch', () => {
  it.each(Object.keys(NODE_RELEASES) as NodeName[])(
    'is the fetch of that Node.js: %s',
    async (name) => {
      const { stdout } = await promisify(execFile)(await nodeRelease(name), [PROGRAM]);
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
      const told = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      expect(told.find((line) => 'results' in line)).toEqual({
        results: {
          echo: { ...echo, redirected: false },
          moved: { ...echo, redirected: true },
          streamed: expect.objectContaining({ status: 200, body: expect.stringMatching(/\[DONE\]\n\n$/) }),
          broken: { name: 'TypeError', code: 'UND_ERR_SOCKET' },
          late: { name: 'TypeError', code: 'ONETRACE_CONNECTOR_TIMEOUT' },
          aborted: { name: 'TimeoutError' },
          elsewhere: { name: 'TypeError', code: 'ONETRACE_INVALID_OPTION' },
        },
      });
      expect(told.filter(({ message }) => /^model call (completed|failed)$/.test(String(message)))).toHaveLength(6);
    },
    120_000,
  );
});
