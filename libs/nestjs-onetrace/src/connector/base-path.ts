import type { ResolvedConnectorOptions } from './connector.options.js';

/** The path of an address behind a connector's base URL, without its query; `undefined` of an address that is not below it. */
export function pathBelow(
  { origin, basePath }: Pick<ResolvedConnectorOptions, 'origin' | 'basePath'>,
  from: string,
  target: string,
): string | undefined {
  const [path = ''] = target.split('?', 1);
  if (from !== origin || !path.startsWith(`${basePath}/`)) return undefined;
  return path.slice(basePath.length);
}
