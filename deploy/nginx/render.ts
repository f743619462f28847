import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What differs between a laptop, a test and a container; everything else is the same files. */
export interface NginxConfigOptions {
  /** The folder to write into; nginx is started with `-p <prefix> -c <prefix>/nginx.conf`. */
  prefix: string;
  /** Address and port to listen on, for example `127.0.0.1:8080`. */
  listen: string;
  /** Host and port of the gateway. */
  gateway: string;
  /** Addresses or CIDRs whose trace context is continued; nobody by default. */
  trusted?: string[];
  /** API keys and the client IDs they stand for; none by default. */
  clients?: Record<string, string>;
  /** Path of the access lines, relative to the prefix or absolute. */
  accessLog?: string;
  /** Path of nginx's own messages, relative to the prefix or absolute, or `stderr`. */
  errorLog?: string;
  /** Number of worker processes, or `auto`. */
  workers?: string;
  /** Largest request body, in nginx's units. */
  maxBody?: string;
  /** Longest silence of the gateway, in nginx's units. */
  readTimeout?: string;
  /** DNS server for a gateway given by name. */
  resolver?: string;
  /** Parameters of the gateway's `server` line, for example `resolve`. */
  gatewayParameters?: string;
  /** Path of the process ID, relative to the prefix or absolute. */
  pid?: string;
  /** Folder of temporary files, relative to the prefix or absolute. */
  temp?: string;
}

const here = import.meta.dirname;

/**
 * Writes the configuration that the official image makes from the same templates, by the same substitution.
 *
 * @returns the files written, the main one first
 * @throws {Error} ONETRACE_NGINX_OPTION when a value would break out of its place in the configuration
 */
export async function renderNginxConfig(options: NginxConfigOptions): Promise<string[]> {
  const { prefix } = options;
  const variables = nginxVariables(options);
  const written: string[] = [];

  await mkdir(join(prefix, options.temp ?? 'temp'), { recursive: true });
  for (const template of (await readdir(join(here, 'templates'))).sort()) {
    const file = join(prefix, template.replace(/\.template$/, ''));
    await writeFile(file, substitute(await readFile(join(here, 'templates', template), 'utf8'), variables));
    written.push(file);
  }

  await cp(join(here, 'onetrace'), join(prefix, 'onetrace'), { recursive: true });
  for (const name of await readdir(join(prefix, 'onetrace'))) written.push(join(prefix, 'onetrace', name));

  if (options.clients) {
    const lines = Object.entries(options.clients).map(
      ([key, client]) => `"${checked('clients', key)}" "${checked('clients', client)}";\n`,
    );
    const file = join(prefix, 'onetrace-clients', 'clients.map');
    await mkdir(join(prefix, 'onetrace-clients'), { recursive: true });
    await writeFile(file, lines.join(''), { mode: 0o600 });
    written.push(file);
  }
  return written;
}

/** The variables of the templates. Their defaults for containers are in 16-onetrace.envsh. */
function nginxVariables(options: NginxConfigOptions): Record<string, string> {
  return {
    ONETRACE_NGINX_LISTEN: checked('listen', options.listen),
    ONETRACE_NGINX_GATEWAY: checked('gateway', options.gateway),
    ONETRACE_NGINX_GATEWAY_PARAMETERS: checked('gatewayParameters', options.gatewayParameters ?? ''),
    ONETRACE_NGINX_TRUSTED_PEERS: (options.trusted ?? []).map((peer) => `${checked('trusted', peer)} 1;`).join(' '),
    ONETRACE_NGINX_ACCESS_LOG: checked('accessLog', options.accessLog ?? 'access.log'),
    ONETRACE_NGINX_ERROR_LOG: checked('errorLog', options.errorLog ?? 'error.log'),
    ONETRACE_NGINX_WORKERS: checked('workers', options.workers ?? '1'),
    ONETRACE_NGINX_MAX_BODY: checked('maxBody', options.maxBody ?? '10m'),
    ONETRACE_NGINX_READ_TIMEOUT: checked('readTimeout', options.readTimeout ?? '300s'),
    ONETRACE_NGINX_RESOLVER: checked('resolver', options.resolver ?? '127.0.0.1'),
    ONETRACE_NGINX_PID: checked('pid', options.pid ?? 'nginx.pid'),
    ONETRACE_NGINX_TEMP: checked('temp', options.temp ?? 'temp'),
  };
}

/** envsubst, for the names given and no others. */
function substitute(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => variables[name] ?? whole);
}

function checked(option: string, value: string): string {
  if (!/["';{}\\$\n]/.test(value)) return value;
  throw new Error(
    `ONETRACE_NGINX_OPTION: ${option} is '${value}', but quotes, ; { } \\ $ and line breaks have a meaning in nginx.conf. Give it without them.`,
  );
}
