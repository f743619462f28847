interface RoutedRequest {
  /** Fastify's. */
  readonly routeOptions?: { readonly url?: unknown };
  readonly is404?: boolean;
  /** Express's. */
  readonly route?: { readonly path?: unknown };
  readonly baseUrl?: unknown;
  readonly app?: { readonly mountpath?: unknown; path?(): unknown };
}

// `/*`, `/*path`; behind a global prefix Nest writes `/api*path` and `/api{/*path}`. A user's own `/files/*path` is a route.
const CATCH_ALL = /^\/\*\w*$|[^/{]\*\w*$|\{\/?\*\w*\}$/;
const WILDCARD = /\{(\/?)\*\w*\}|\*\w+/g;

/**
 * The route template as a low-cardinality name, or `undefined` where no real route matched: Express gives `*path`
 * and `{*path}`, Fastify `*`, for unmatched requests and for middleware, and none of them is a route.
 */
export function normaliseRoute(route: unknown): string | undefined {
  const template = withSlash(route);
  if (template === undefined || !template.includes('*')) return template;
  return CATCH_ALL.test(template) ? undefined : canonical(template);
}

/** The route of a request that its router has matched, whether or not it gets to a handler. */
export function matchedRoute(request: object): string | undefined {
  return (request as RoutedRequest).is404 === true ? undefined : normaliseRoute(declaredRoute(request));
}

/** The route of a request that has reached its handler: there a catch-all is a route of the application's own. */
export function handledRoute(request: object): string | undefined {
  const template = withSlash(declaredRoute(request));
  return template === undefined ? undefined : canonical(template);
}

/** What Express 5 and Fastify 5 know about the matched route of a request. */
function declaredRoute(request: object): unknown {
  const { routeOptions, route, baseUrl, app } = request as RoutedRequest;
  if (routeOptions !== undefined) return routeOptions.url;
  if (typeof route?.path !== 'string') return undefined;
  return typeof baseUrl === 'string' && baseUrl !== '' ? mountTemplate(baseUrl, app) + route.path : route.path;
}

/**
 * Express says where a router is mounted as the request wrote it, with the values of its parameters: a name for each of them. Only an application
 * that is mounted in another one knows the path it was mounted at; any other mount is a wildcard.
 */
function mountTemplate(baseUrl: string, app: RoutedRequest['app']): string {
  const template: unknown = typeof app?.mountpath === 'string' ? app.path?.() : undefined;
  if (typeof template !== 'string') return '/*';
  return template === baseUrl || depthOf(template) === depthOf(baseUrl) ? template : '/*';
}

function depthOf(path: string): number {
  return path.split('/').length;
}

function withSlash(route: unknown): string | undefined {
  if (typeof route !== 'string' || route === '') return undefined;
  return route.startsWith('/') ? route : `/${route}`;
}

/** One spelling on both platforms: Express writes wildcards as `*name` or `{*name}`, Fastify as `*`. */
function canonical(template: string): string {
  return template.includes('*') ? template.replace(WILDCARD, '$1*') : template;
}
