import type { TrustSubject } from '../context/index.js';

/** What the http room needs to know, resolved. */
export interface HttpSettings {
  readonly component: string;
  /** Whether the headers of this request's peer are believed. */
  readonly isTrusted: (request: TrustSubject) => boolean;
  /** Whether a hop of `X-Forwarded-For`, which is known by its address alone, is believed about the one before it. */
  readonly isTrustedHop: (address: string) => boolean;
  /** Whether spans, lines and metrics leave out this path: one filter for all three. */
  readonly isIgnored: (path: string) => boolean;
  /** Targets of the application's own outgoing calls that are sent the trace. */
  readonly propagateTo: readonly (string | RegExp)[];
  /** Whether responses also carry `traceresponse`. */
  readonly traceresponse: boolean;
  /** Header by which a trusted peer asks for the debug lines of its request, in lower case. */
  readonly debugHeader: string | undefined;
  readonly lines: RequestLineRules;
}

/** How the lines of requests are written. */
export interface RequestLineRules {
  /** Whether "request started" is written; it is for debugged flows in any case. */
  readonly started: boolean;
  /** Level of "request completed" with a status from 400 to 499. */
  readonly clientErrors: 'warn' | 'info';
  /** Duration in milliseconds from which "request completed" is a warning; `false` for none. */
  readonly slowMs: number | false;
}

/** The rules unless the user gives others. */
export const DEFAULT_REQUEST_LINES: RequestLineRules = { started: true, clientErrors: 'warn', slowMs: 2000 };

/** Injection token of the resolved settings. */
export const HTTP_SETTINGS = Symbol.for('onetrace.HTTP_SETTINGS');

/** Requests that say nothing about the application's work, unless the user names others. */
export const DEFAULT_IGNORED_PATHS: readonly (string | RegExp)[] = [
  // The whole path: `/patients/7/health-records` is the application's work, and no caller may choose to be invisible.
  /^\/(?:health|healthz|livez|readyz)(?:\/(?:live|liveness|ready|readiness|startup))?\/?$/,
  '/favicon.ico',
];

/** Compiles the list of ignored paths: a text matches the whole path, a pattern what it finds. */
export function compileIgnore(patterns: readonly (string | RegExp)[]): (path: string) => boolean {
  // A global or sticky pattern remembers where it stopped, and would miss every second request.
  const stateless = patterns.map((pattern) =>
    typeof pattern === 'string' ? pattern : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')),
  );
  return (path) => stateless.some((pattern) => (typeof pattern === 'string' ? pattern === path : pattern.test(path)));
}
