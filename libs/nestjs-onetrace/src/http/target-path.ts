const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The path of a request target: without its query, and without the authority of the absolute form, which may hold a password. */
export function targetPath(target: string | undefined): string {
  const path = (target ?? '/').replace(ABSOLUTE_FORM, '').split('?', 1)[0] ?? '';
  return path === '' ? '/' : path;
}
