import type { DatabaseSync } from 'node:sqlite';
import { OnetraceError } from '../onetrace.error.js';

/** Raised when a table changes; a database of a later version is refused, not guessed at. */
const VERSION = 1;

/** `seq` counts through both tables, so that "the oldest" means the oldest of all. IDs have columns, the rest is JSON. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS spans (
    seq INTEGER PRIMARY KEY, trace_id TEXT NOT NULL, span_id TEXT NOT NULL,
    workflow_id TEXT, run_id TEXT, request_id TEXT,
    start_ms REAL NOT NULL, end_ms REAL NOT NULL, deliveries INTEGER NOT NULL DEFAULT 1, body TEXT NOT NULL,
    UNIQUE (trace_id, span_id)
  );
  CREATE TABLE IF NOT EXISTS lines (
    seq INTEGER PRIMARY KEY, trace_id TEXT, workflow_id TEXT, run_id TEXT, request_id TEXT,
    time_ms REAL NOT NULL, body TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS tails (file TEXT PRIMARY KEY, position INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS lines_trace ON lines (trace_id) WHERE trace_id IS NOT NULL;
  ${['spans', 'lines']
    .flatMap((table) => ['workflow_id', 'run_id', 'request_id'].map((id) => ({ table, id })))
    .map(({ table, id }) => `CREATE INDEX IF NOT EXISTS ${table}_${id} ON ${table} (${id}) WHERE ${id} IS NOT NULL;`)
    .join('\n')}
`;

/**
 * Brings a database to the present schema.
 * @throws OnetraceError `ONETRACE_STORE_VERSION` for a database of a later version.
 */
export function applySchema(db: DatabaseSync, path: string): void {
  const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (found > VERSION) {
    throw new OnetraceError(
      'ONETRACE_STORE_VERSION',
      `${path} was written by a later onetrace (its version is ${found}, this one reads ${VERSION}); ` +
        'update onetrace, or name another file with --db',
    );
  }
  if (found === VERSION) return;
  // Only before the first table can this be chosen; with it, dropped rows give their space back to the file system.
  db.exec('PRAGMA auto_vacuum = INCREMENTAL');
  db.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${VERSION}; COMMIT`);
}
