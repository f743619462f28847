import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { TailPosition } from '../lines/file.tail.js';
import { OnetraceError } from '../onetrace.error.js';
import type { LogLine } from '../telemetry/log-line.js';
import type { Span } from '../telemetry/span.js';
import { identityOf } from '../telemetry/span.identity.js';
import { Retention } from './retention.js';
import { loadSqlite } from './sqlite.loader.js';
import { applySchema } from './store.schema.js';

const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;
const IDENTITY_COLUMNS = ['request_id', 'workflow_id', 'run_id'] as const;
const MAX_CANDIDATES = 20;

/** How a store is opened. */
export interface StoreOptions {
  /** File of the database, `:memory:` for none. */
  path: string;
  /** Above this many bytes the oldest spans and lines are dropped. Default 512 MiB. */
  maxBytes?: number;
  /** Only look: the file must exist. */
  readOnly?: boolean;
}

/** A trace a store knows of. */
export interface TraceSummary {
  traceId: string;
  /** Milliseconds since the epoch. */
  startMs: number;
  spans: number;
}

/** Lines a flow may own although they carry no trace ID. */
export interface FlowIdentities {
  requestIds: string[];
  workflowIds: string[];
  runIds: string[];
}

/** Spans and lines of all components in one SQLite file. Spans are merged by trace and span ID. */
export class Store {
  private readonly retention: Retention;
  private readonly insertSpan: StatementSync;
  private readonly insertLine: StatementSync;
  private closed = false;

  constructor(
    private readonly db: DatabaseSync,
    maxBytes: number,
  ) {
    this.retention = new Retention(db, maxBytes);
    // Of two deliveries the one that ends later counts: a span that was exported early and again when it had ended.
    this.insertSpan = db.prepare(`
      INSERT INTO spans (seq, trace_id, span_id, workflow_id, run_id, request_id, start_ms, end_ms, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (trace_id, span_id) DO UPDATE SET
        deliveries = deliveries + 1,
        body = CASE WHEN excluded.end_ms >= end_ms THEN excluded.body ELSE body END,
        start_ms = CASE WHEN excluded.end_ms >= end_ms THEN excluded.start_ms ELSE start_ms END,
        end_ms = max(end_ms, excluded.end_ms)`);
    this.insertLine = db.prepare(`
      INSERT INTO lines (seq, trace_id, workflow_id, run_id, request_id, time_ms, body) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  }

  /** Keeps spans and lines, all or none of them. */
  add(spans: readonly Span[], lines: readonly LogLine[]): void {
    if (spans.length + lines.length === 0) return;
    this.transaction(() => this.insert(spans, lines));
    this.retention.sweep();
  }

  /** Keeps lines of followed files together with how far those were read, so that a restart repeats and skips none. */
  addTail(lines: readonly LogLine[], positions: readonly TailPosition[]): void {
    this.transaction(() => {
      this.insert([], lines);
      const remember = this.db.prepare('INSERT OR REPLACE INTO tails (file, position) VALUES (?, ?)');
      for (const { file, offset } of positions) remember.run(file, offset);
    });
    this.retention.sweep();
  }

  /** How far a followed file was read. */
  tailOffset(file: string): number | undefined {
    const row = this.db.prepare('SELECT position FROM tails WHERE file = ?').get(file);
    return row && Number(row['position']);
  }

  /** All spans of a trace, by their start. */
  spansOf(traceId: string): Span[] {
    return this.db
      .prepare('SELECT body, deliveries FROM spans WHERE trace_id = ? ORDER BY start_ms, seq')
      .all(traceId)
      .map((row) => ({ ...readBody<Span>(row['body']), deliveries: Number(row['deliveries']) }));
  }

  /** Name of one span; undefined where it was not received. */
  nameOf(traceId: string, spanId: string): string | undefined {
    const row = this.db.prepare('SELECT body FROM spans WHERE trace_id = ? AND span_id = ?').get(traceId, spanId);
    return row && readBody<Span>(row['body']).name;
  }

  /** All lines of a trace, and those without a trace ID that carry one of its other IDs, by their time. */
  linesOf(traceId: string, identities?: FlowIdentities): LogLine[] {
    const { requestIds = [], workflowIds = [], runIds = [] } = identities ?? {};
    const clauses = ['trace_id = ?'];
    // A workflow ID may be used again by a later run of another trace: it counts only where no run ID says more.
    const others: [string, string[]][] = [
      ['request_id', requestIds],
      ['run_id', runIds],
      ['run_id IS NULL AND workflow_id', workflowIds],
    ];
    for (const [column, values] of others) {
      if (values.length > 0) clauses.push(`(trace_id IS NULL AND ${column} IN (${values.map(() => '?').join(', ')}))`);
    }
    return this.db
      .prepare(`SELECT body FROM lines WHERE ${clauses.join(' OR ')} ORDER BY time_ms, seq`)
      .all(traceId, ...requestIds, ...runIds, ...workflowIds)
      .map((row) => readBody<LogLine>(row['body']));
  }

  /** Trace IDs that start with these hex characters, 20 at most. */
  traceIdsFrom(prefix: string): string[] {
    const [low, high] = [prefix.padEnd(32, '0'), prefix.padEnd(32, 'f')];
    return this.db
      .prepare(
        `SELECT trace_id FROM spans WHERE trace_id BETWEEN ? AND ?
         UNION SELECT trace_id FROM lines WHERE trace_id BETWEEN ? AND ? LIMIT ${MAX_CANDIDATES}`,
      )
      .all(low, high, low, high)
      .map((row) => String(row['trace_id']));
  }

  /** Trace IDs of spans and lines with this request ID, workflow ID or run ID, the latest first, 20 at most. */
  traceIdsOf(id: string): string[] {
    const parts = IDENTITY_COLUMNS.flatMap((column) => [
      `SELECT trace_id, start_ms AS at FROM spans WHERE ${column} = ?`,
      `SELECT trace_id, time_ms AS at FROM lines WHERE ${column} = ? AND trace_id IS NOT NULL`,
    ]);
    return this.db
      .prepare(
        `SELECT trace_id FROM (${parts.join(' UNION ALL ')})
         GROUP BY trace_id ORDER BY max(at) DESC LIMIT ${MAX_CANDIDATES}`,
      )
      .all(...parts.map(() => id))
      .map((row) => String(row['trace_id']));
  }

  /** The traces whose spans came last, the latest first. */
  recentTraces(limit: number): TraceSummary[] {
    return this.db
      .prepare(
        `SELECT trace_id, min(start_ms) AS start_ms, count(*) AS spans FROM spans
         GROUP BY trace_id ORDER BY max(seq) DESC LIMIT ?`,
      )
      .all(limit)
      .map((row) => ({
        traceId: String(row['trace_id']),
        startMs: Number(row['start_ms']),
        spans: Number(row['spans']),
      }));
  }

  /** How much is kept. */
  size(): { spans: number; lines: number; bytes: number } {
    const row = this.db
      .prepare('SELECT (SELECT count(*) FROM spans) AS spans, (SELECT count(*) FROM lines) AS lines')
      .get();
    return { spans: Number(row?.['spans']), lines: Number(row?.['lines']), bytes: this.retention.usedBytes() };
  }

  /** Lets go of the file. Closing twice is fine. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.db.close();
  }

  private insert(spans: readonly Span[], lines: readonly LogLine[]): void {
    const last = this.db
      .prepare('SELECT max((SELECT ifnull(max(seq), 0) FROM spans), (SELECT ifnull(max(seq), 0) FROM lines)) AS seq')
      .get();
    let seq = Number(last?.['seq']);
    for (const span of spans) {
      const ids = [identityOf(span, 'workflowId'), identityOf(span, 'runId'), identityOf(span, 'requestId')];
      const [workflowId, runId, requestId] = ids.map((id) => id ?? null);
      this.insertSpan.run(
        ++seq,
        ...[span.traceId, span.spanId, workflowId ?? null, runId ?? null, requestId ?? null],
        ...[span.startMs, span.endMs, JSON.stringify(span)],
      );
    }
    for (const line of lines) {
      this.insertLine.run(
        ++seq,
        ...[line.traceId ?? null, line.workflowId ?? null, line.runId ?? null, line.requestId ?? null],
        ...[line.timeMs, JSON.stringify(line)],
      );
    }
  }

  private transaction(work: () => void): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }
}

function readBody<Body>(value: SQLOutputValue | undefined): Body {
  return JSON.parse(String(value)) as Body;
}

/**
 * Opens a store, creating its file and folder where they are missing.
 * @throws OnetraceError `ONETRACE_STORE_UNREADABLE` when the file cannot be opened, `ONETRACE_STORE_VERSION` when a later
 *   onetrace wrote it.
 */
export function openStore(options: StoreOptions): Store {
  const { path, maxBytes = DEFAULT_MAX_BYTES, readOnly = false } = options;
  try {
    if (readOnly && !existsSync(path)) throw new Error('there is no such file');
    if (!readOnly && path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const { DatabaseSync } = loadSqlite();
    const db = new DatabaseSync(path, { readOnly });
    db.exec('PRAGMA busy_timeout = 5000');
    if (!readOnly) {
      applySchema(db, path);
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    }
    return new Store(db, maxBytes);
  } catch (error) {
    if (error instanceof OnetraceError) throw error;
    throw new OnetraceError(
      'ONETRACE_STORE_UNREADABLE',
      `cannot open the store ${path}: ${(error as Error).message}; name another file with --db`,
      { cause: error },
    );
  }
}
