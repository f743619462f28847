import type * as Sqlite from 'node:sqlite';

/**
 * `node:sqlite` without the ExperimentalWarning that Node 22 prints on its first use: what a user reads on stderr is ours.
 * Every other warning, and every later one, stays.
 */
export function loadSqlite(): typeof Sqlite {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back as it was, and called on process
  const emitWarning = process.emitWarning;
  process.emitWarning = (...args: unknown[]): void => {
    if (!/SQLite is an experimental feature/.test(String(args[0]))) Reflect.apply(emitWarning, process, args);
  };
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}
