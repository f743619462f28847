import type { ResolvedConnectorOptions } from './connector.options.js';

/** Whether a path could lead out of the one that it stands behind. */
export function hasDotSegment(path: string): boolean {
  // Servers and proxies take an encoded dot or slash, and a backslash, for a plain one.
  const plain = path.replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/');
  return plain.split('/').some((segment) => segment === '..' || segment === '.');
}

/** The path of an address behind a connector's base URL, without its query; `undefined` of an address that is not below it. */
export function pathBelow(
  { origin, basePath }: Pick<ResolvedConnectorOptions, 'origin' | 'basePath'>,
  from: string,
  target: string,
): string | undefined {
  const [path = ''] = target.split('?', 1);
  if (from !== origin || !path.startsWith(`${basePath}/`) || hasDotSegment(path)) return undefined;
  return path.slice(basePath.length);
}
