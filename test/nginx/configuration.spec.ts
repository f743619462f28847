import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { renderNginxConfig } from '../../deploy/nginx/render.ts';
import { startNginx } from '../../tools/chain/nginx.process.ts';
import { ensureNginx } from '../../tools/setup/nginx.ts';
import type { Tool } from '../../tools/setup/tool.ts';

const run = promisify(execFile);
const nginxFolder = join(import.meta.dirname, '..', '..', 'deploy', 'nginx');

let folder: string;
let tool: Tool;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-nginx-'));
  tool = await ensureNginx(() => {});
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Checking a configuration opens what it listens on: a socket in the folder is always free. */
function socketIn(prefix: string): string {
  return `unix:${join(prefix, 'edge.sock')}`;
}

/** What `nginx -t` says of `<prefix>/nginx.conf`; rejects with its words when it refuses. */
async function check(prefix: string): Promise<string> {
  const env = { ...process.env, ...tool.env };
  const command = [tool.path, '-t', '-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', 'stderr'];
  // /dev/stdout cannot be opened when it is the socket that Node gives a child; in a container it is a pipe.
  const { stderr } = await run('/bin/sh', ['-c', 'exec "$@" > /dev/null', 'sh', ...command], { env });
  return stderr;
}

/** The variables as the official image has them after sourcing our script, with an nginx of the given version in it. */
async function containerVariables(
  version: string,
  given: Record<string, string> = {},
): Promise<Record<string, string>> {
  const bin = join(folder, `bin-${version}`);
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'nginx'), `#!/bin/sh\necho "nginx version: nginx/${version}" >&2\n`);
  await chmod(join(bin, 'nginx'), 0o755);
  const { stdout } = await run('/bin/sh', ['-eu', '-c', `. "${join(nginxFolder, '16-onetrace.envsh')}"; env -0`], {
    env: { PATH: `${bin}:/usr/bin:/bin`, ...given },
  });
  return Object.fromEntries(
    stdout.split('\0').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Fills the templates as the image's entry point does. */
async function fillTemplates(prefix: string, variables: Record<string, string>): Promise<void> {
  for (const name of await readdir(join(nginxFolder, 'templates'))) {
    const text = await readFile(join(nginxFolder, 'templates', name), 'utf8');
    const filled = text.replace(
      /\$\{?(ONETRACE_NGINX_\w+)\}?/g,
      (whole, variable: string) => variables[variable] ?? whole,
    );
    await writeFile(join(prefix, name.replace(/\.template$/, '')), filled);
  }
}

describe('in the official image', () => {
  test('nginx accepts the templates with the defaults of the start script', async () => {
    const prefix = join(folder, 'container');
    await renderNginxConfig({ prefix, listen: '80', gateway: 'gateway:3000' });
    const variables = await containerVariables('1.22.1');
    expect(variables).toMatchObject({
      NGINX_ENVSUBST_OUTPUT_DIR: '/etc/nginx',
      ONETRACE_NGINX_GATEWAY: 'gateway:3000',
      ONETRACE_NGINX_LISTEN: '80',
    });
    // No host of that name and no such folders outside a container, and another server may hold the port.
    await fillTemplates(prefix, {
      ...variables,
      ONETRACE_NGINX_GATEWAY: '127.0.0.1:3000',
      ONETRACE_NGINX_LISTEN: socketIn(prefix),
      ONETRACE_NGINX_PID: join(prefix, 'nginx.pid'),
      ONETRACE_NGINX_TEMP: join(prefix, 'temp'),
    });
    expect(await check(prefix)).toContain('test is successful');
    expect(await readFile(join(prefix, 'nginx.conf'), 'utf8')).not.toMatch(/\$\{ONETRACE_NGINX_\w+\}/);
  });

  test('every variable of the templates has a default there and in the renderer', async () => {
    const used = new Set<string>();
    for (const name of await readdir(join(nginxFolder, 'templates'))) {
      const text = await readFile(join(nginxFolder, 'templates', name), 'utf8');
      for (const [, variable = ''] of text.matchAll(/\$\{(ONETRACE_NGINX_\w+)\}/g)) used.add(variable);
    }
    expect(used.size).toBeGreaterThan(5);
    const variables = await containerVariables('1.22.1');
    expect([...used].filter((name) => !(name in variables))).toEqual([]);

    const prefix = join(folder, 'rendered');
    const written = await renderNginxConfig({ prefix, listen: socketIn(prefix), gateway: '127.0.0.1:3000' });
    for (const file of written) expect(await readFile(file, 'utf8')).not.toMatch(/\$\{ONETRACE_NGINX_\w+\}/);
    expect(await check(prefix)).toContain('test is successful');
  });

  test.each([
    ['1.22.1', ''],
    ['1.27.2', ''],
    ['1.27.3', 'resolve'],
    ['1.30.0', 'resolve'],
    ['2.0.0', 'resolve'],
  ])('nginx %s follows a gateway that moves when it can: %j', async (version, parameters) => {
    expect((await containerVariables(version))['ONETRACE_NGINX_GATEWAY_PARAMETERS']).toBe(parameters);
  });

  test.each([
    ['', ''],
    ['10.0.0.0/8', '10.0.0.0/8 1;'],
    ['10.0.0.0/8,192.168.7.4, fd00::/8', '10.0.0.0/8 1; 192.168.7.4 1; fd00::/8 1;'],
  ])('ONETRACE_NGINX_TRUSTED=%j becomes %j', async (list, expected) => {
    const variables = await containerVariables('1.22.1', { ONETRACE_NGINX_TRUSTED: list });
    expect(variables['ONETRACE_NGINX_TRUSTED_PEERS']?.trim()).toBe(expected);
  });

  test('what the user sets wins over the defaults', async () => {
    const given = { ONETRACE_NGINX_LISTEN: '8080', ONETRACE_NGINX_GATEWAY_PARAMETERS: 'max_fails=0' };
    expect(await containerVariables('1.28.0', given)).toMatchObject(given);
  });
});

test('the snippets work in an nginx.conf of the user', async () => {
  const prefix = join(folder, 'own');
  await renderNginxConfig({ prefix, listen: '127.0.0.1:0', gateway: '127.0.0.1:3000' });
  const guide = await readFile(join(nginxFolder, '..', '..', 'docs', 'guide', 'nginx.md'), 'utf8');
  const example = /```nginx\n(# \/etc\/nginx\/nginx\.conf[^]*?)```/.exec(guide)?.[1] ?? '';
  expect(example).toContain('include onetrace/onetrace.conf;');
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path temp/${name};`)
    .join(' ');
  const movable = example.replace('http {', `http { ${temp}`).replace('listen 80;', `listen ${socketIn(prefix)};`);
  await writeFile(join(prefix, 'nginx.conf'), `pid nginx.pid;\n${movable}`);
  expect(await check(prefix)).toContain('test is successful');
});

test('an option that would break out of its place is refused by name', async () => {
  const options = { prefix: join(folder, 'refused'), listen: '127.0.0.1:0', gateway: '127.0.0.1:3000' };
  await expect(renderNginxConfig({ ...options, trusted: ['10.0.0.0/8 1; default'] })).rejects.toThrow(
    /ONETRACE_NGINX_OPTION: trusted is/,
  );
  await expect(renderNginxConfig({ ...options, clients: { 'k"': 'c' } })).rejects.toThrow(
    /ONETRACE_NGINX_OPTION: clients is/,
  );
});

test('an nginx that cannot start is reported in its own words, and nothing stays behind', async () => {
  const first = await startNginx({ tool, gatewayPort: 1, folder: join(folder, 'first') });
  try {
    const second = startNginx({ tool, gatewayPort: 1, folder: join(folder, 'second'), port: first.port });
    await expect(second).rejects.toThrow(/ONETRACE_NGINX_START: nginx .* It said: .*bind\(\) to 127\.0\.0\.1/s);
  } finally {
    await Promise.all([first.stop(), first.stop()]);
  }
  await first.stop();
  await expect(fetch(`http://127.0.0.1:${first.port}/nginx-health`)).rejects.toThrow();
});
