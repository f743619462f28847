import type { TrustSubject } from '../context/index.js';

/** What the http room needs to know, resolved. */
export interface HttpSettings {
  readonly component: string;
  /** Whether the headers of this request's peer are believed. */
  readonly isTrusted: (request: TrustSubject) => boolean;
  /** Whether spans, lines and metrics leave out this path: one filter for all three. */
  readonly isIgnored: (path: string) => boolean;
}

/** Injection token of the resolved settings. */
export const HTTP_SETTINGS = Symbol.for('onetrace.HTTP_SETTINGS');

/** Requests that say nothing about the application's work, unless the user names others. */
export const DEFAULT_IGNORED_PATHS: readonly (string | RegExp)[] = [/\/health[^/]*$/, /\/metrics$/, '/favicon.ico'];

/** Compiles the list of ignored paths: a text matches the whole path, a pattern what it finds. */
export function compileIgnore(patterns: readonly (string | RegExp)[]): (path: string) => boolean {
  return (path) => patterns.some((pattern) => (typeof pattern === 'string' ? pattern === path : pattern.test(path)));
}
