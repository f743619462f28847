import type { DatabaseSync } from 'node:sqlite';

/** After a sweep this share of the cap is in use, so that not every write has to sweep. */
const TARGET = 0.9;

/** Keeps a database under a number of bytes by dropping what was received first, spans and lines alike. */
export class Retention {
  constructor(
    private readonly db: DatabaseSync,
    private readonly maxBytes: number,
  ) {}

  /** Bytes in use, free pages not counted. */
  usedBytes(): number {
    return (this.pragma('page_count') - this.pragma('freelist_count')) * this.pragma('page_size');
  }

  /** Drops the oldest tenth, again and again, until the rest fits. Returns how many rows went. */
  sweep(): number {
    if (this.usedBytes() <= this.maxBytes) return 0;
    let dropped = 0;
    while (this.usedBytes() > this.maxBytes * TARGET) {
      const removed = this.dropOldestTenth();
      if (removed === 0) break;
      dropped += removed;
    }
    this.db.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
    return dropped;
  }

  private dropOldestTenth(): number {
    const range = this.db
      .prepare(
        `SELECT min(low) AS low, max(high) AS high FROM
           (SELECT min(seq) AS low, max(seq) AS high FROM spans UNION ALL SELECT min(seq), max(seq) FROM lines)`,
      )
      .get();
    const low = range?.['low'];
    const high = range?.['high'];
    if (typeof low !== 'number' || typeof high !== 'number') return 0;
    const cutoff = low + Math.ceil((high - low + 1) / 10) - 1;
    const removed = ['spans', 'lines'].map((table) =>
      Number(this.db.prepare(`DELETE FROM ${table} WHERE seq <= ?`).run(cutoff).changes),
    );
    return removed.reduce((sum, count) => sum + count, 0);
  }

  private pragma(name: string): number {
    return Number(this.db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  }
}
