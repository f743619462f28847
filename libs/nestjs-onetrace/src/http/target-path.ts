const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The path of a request target: without its query, and without the authority of the absolute form, which may hold a password. */
export function targetPath(target: string | undefined): string {
  const given = target ?? '/';
  const local = given.startsWith('/') ? given : given.replace(ABSOLUTE_FORM, '');
  const query = local.indexOf('?');
  const path = query < 0 ? local : local.slice(0, query);
  return path === '' ? '/' : path;
}
