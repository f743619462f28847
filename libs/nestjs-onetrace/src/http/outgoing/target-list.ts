/** Whether a request to this origin (`http://orders:3000`) with this path and query is sent the trace. */
export type TargetTest = (origin: string, path: string) => boolean;

/** Other notations of origins that are remembered: an application calls few. */
const REMEMBERED_ORIGINS = 512;

/** Compiles the list of targets: a text is an origin, a pattern is looked for in the whole URL without user and password. */
export function compileTargets(list: readonly (string | RegExp)[]): TargetTest {
  const origins = new Set(list.filter((entry) => typeof entry === 'string').map(originOf));
  // A global or sticky pattern remembers where it stopped, and would miss every second request.
  const patterns = list
    .filter((entry) => typeof entry !== 'string')
    .map(({ source, flags }) => new RegExp(source, flags.replace(/[gy]/g, '')));
  const normalised = new Map<string, string | undefined>();
  return (received, path) => {
    if (origins.has(received)) return true;
    if (!normalised.has(received)) {
      if (normalised.size >= REMEMBERED_ORIGINS) normalised.clear();
      normalised.set(received, originOf(received));
    }
    const origin = normalised.get(received);
    if (origin === undefined) return false;
    return origins.has(origin) || patterns.some((pattern) => pattern.test(`${origin}${path}`));
  };
}

/** An origin in its one notation: lower case, without the default port. `undefined` for what is no HTTP. */
function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.origin : undefined;
}
