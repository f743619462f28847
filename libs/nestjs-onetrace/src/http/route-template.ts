/**
 * The route template as a low-cardinality name, or `undefined` where no real route matched: Express gives `*path`
 * and `{*path}`, Fastify `/*`, for unmatched requests and for middleware, and none of them is a route.
 */
export function normaliseRoute(route: unknown): string | undefined {
  if (typeof route !== 'string' || route === '') return undefined;
  const template = route.startsWith('/') ? route : `/${route}`;
  return CATCH_ALL.test(template) ? undefined : template;
}

// `/*`, `/*path`; behind a global prefix Nest writes `/api*path` and `/api{/*path}`. A user's own `/files/*path` is a route.
const CATCH_ALL = /^\/\*\w*$|[^/{]\*\w*$|\{\/?\*\w*\}$/;

/** What Express 5 and Fastify 5 know about the matched route of a request. */
export function matchedRoute(request: unknown): string | undefined {
  const { route, baseUrl, routeOptions } = request as {
    route?: { path?: unknown };
    baseUrl?: unknown;
    routeOptions?: { url?: unknown };
  };
  if (routeOptions !== undefined) return normaliseRoute(routeOptions.url);
  if (route === undefined || typeof route.path !== 'string') return undefined;
  return normaliseRoute(`${typeof baseUrl === 'string' ? baseUrl : ''}${route.path}`);
}
