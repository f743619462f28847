import { execFile } from 'node:child_process';
import { beforeAll, expect, it } from '@jest/globals';
import { nodeOf } from './node-release.ts';

/** The last one of its line. */
const OLDER = '20.20.2';
const ENTRIES = ['nestjs-onetrace', 'nestjs-onetrace/connector', 'nestjs-onetrace/temporal', 'nestjs-onetrace/testing'];

let node: string;
beforeAll(async () => {
  node = await nodeOf(OLDER);
}, 120_000);

/** What a program that only loads something writes to stderr. */
function loading(code: string, type: 'module' | 'commonjs'): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd: import.meta.dirname, timeout: 20_000 };
    execFile(node, [`--input-type=${type}`, '--eval', code], options, (_error, _stdout, stderr) => resolve(stderr));
  });
}

it.each(
  ENTRIES.flatMap((entry) => [
    [entry, 'module', `import ${JSON.stringify(entry)};`] as const,
    [entry, 'commonjs', `require(${JSON.stringify(entry)});`] as const,
  ]),
)(
  '%s (%s) says on an older Node.js which one it needs',
  async (_entry, type, code) => {
    expect(await loading(code, type)).toContain(
      'OnetraceError [ONETRACE_UNSUPPORTED_NODE]: nestjs-onetrace needs Node.js 22.13 or newer, and this is v20.20.2; ',
    );
  },
  30_000,
);
