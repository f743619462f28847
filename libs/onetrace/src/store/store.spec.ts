import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLine, makeSpan, spanId, T0, TRACE_ID } from '../telemetry/chain.fixture.js';
import { loadSqlite } from './sqlite.loader.js';
import { defaultStorePath } from './store.location.js';
import { openStore, type Store } from './store.js';

let folder: string;
let path: string;
let stores: Store[];

function open(options: { maxBytes?: number; readOnly?: boolean } = {}): Store {
  const store = openStore({ path, ...options });
  stores.push(store);
  return store;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-store-'));
  path = join(folder, 'deeper', 'onetrace.db');
  stores = [];
});

afterEach(async () => {
  stores.forEach((store) => store.close());
  await rm(folder, { recursive: true });
});

const span = (id: number, from = 0, to = 10) => makeSpan({ id, name: `span ${id}`, component: 'gateway', from, to });

describe('Store', () => {
  it('gives back what it was given, after it was closed and opened again', () => {
    const line = makeLine(5, 'gateway', 'hello', 1, { extra: { a: [1] } });
    const first = open();
    first.add([span(2, 5), span(1)], [line]);
    first.close();
    const store = open({ readOnly: true });
    expect(store.spansOf(TRACE_ID)).toEqual([
      { ...span(1), deliveries: 1 },
      { ...span(2, 5), deliveries: 1 },
    ]);
    expect(store.linesOf(TRACE_ID)).toEqual([line]);
  });

  it('keeps a span that is delivered twice once, in the version that ended last', () => {
    const store = open();
    const late = { ...span(1, 0, 20), name: 'whole' };
    store.add([span(1), late], []);
    store.add([span(1)], []);
    expect(store.spansOf(TRACE_ID)).toEqual([{ ...late, deliveries: 3 }]);
    expect(store.size().spans).toBe(1);
  });

  it('keeps the same span ID of another trace apart', () => {
    const store = open();
    const other = { ...span(1), traceId: 'f'.repeat(32) };
    store.add([span(1), other], []);
    expect(store.spansOf('f'.repeat(32))).toHaveLength(1);
    expect(store.size().spans).toBe(2);
  });

  it('finds traces by the IDs on spans and on lines, the latest first', () => {
    const store = open();
    const [older, newer] = ['a'.repeat(32), 'b'.repeat(32)];
    const withWorkflow = {
      ...span(1),
      traceId: older,
      attributes: { temporalWorkflowID: 'wf-1', 'onetrace.request_id': 'req-1' },
    };
    store.add(
      [withWorkflow],
      [makeLine(50, 'nginx', 'm', undefined, { traceId: newer, workflowId: 'wf-1', runId: 'run-9' })],
    );
    expect(store.traceIdsOf('wf-1')).toEqual([newer, older]);
    expect(store.traceIdsOf('req-1')).toEqual([older]);
    expect(store.traceIdsOf('run-9')).toEqual([newer]);
    expect(store.traceIdsOf("' OR 1=1 --")).toEqual([]);
    expect(store.traceIdsFrom('aaaaaaaa')).toEqual([older]);
  });

  it('adds lines that have no trace ID but another ID of the flow', () => {
    const store = open();
    const bare = (message: string, more: object) => {
      const line = makeLine(1, 'worker', message, undefined, more);
      delete line.traceId;
      return line;
    };
    store.add(
      [],
      [
        makeLine(0, 'worker', 'mine'),
        bare('by run', { workflowId: 'wf-1', runId: 'run-1' }),
        bare('by workflow', { workflowId: 'wf-1' }),
        bare('of another run', { workflowId: 'wf-1', runId: 'run-2' }),
        bare('by request', { requestId: 'req-1' }),
      ],
    );
    const found = store.linesOf(TRACE_ID, { requestIds: ['req-1'], workflowIds: ['wf-1'], runIds: ['run-1'] });
    expect(found.map(({ message }) => message)).toEqual(['mine', 'by run', 'by workflow', 'by request']);
  });

  it('stays under its byte cap by dropping the oldest', async () => {
    const maxBytes = 2 * 1024 * 1024;
    const store = open({ maxBytes });
    for (let batch = 0; batch < 60; batch += 1) {
      const lines = Array.from({ length: 100 }, (_, n) => makeLine(batch, 'app', `${batch}/${n} ${'x'.repeat(900)}`));
      store.add([{ ...span(batch + 1), attributes: { text: 'y'.repeat(2000) } }], lines);
    }
    expect(store.size().bytes).toBeLessThanOrEqual(maxBytes);
    const lines = store.linesOf(TRACE_ID);
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.at(-1)?.message).toMatch(/^59\/99 /);
    expect(lines[0]?.message).not.toMatch(/^0\//);
    expect(store.spansOf(TRACE_ID).some(({ spanId: id }) => id === spanId(1))).toBe(false);
    store.close();
    expect((await stat(path)).size).toBeLessThanOrEqual(maxBytes * 1.1);
  });

  it('lets a second process read while it writes', () => {
    const writer = open();
    writer.add([span(1)], []);
    const reader = open({ readOnly: true });
    writer.add([span(2)], []);
    expect(reader.spansOf(TRACE_ID)).toHaveLength(2);
  });

  it('keeps nothing of a batch that fails', () => {
    const store = open();
    const broken = { ...span(2), startMs: undefined as unknown as number };
    expect(() => store.add([span(1), broken], [])).toThrow();
    expect(store.size().spans).toBe(0);
    store.add([span(3)], []);
    expect(store.recentTraces(5)).toEqual([{ traceId: TRACE_ID, startMs: T0, spans: 1 }]);
  });

  it('refuses a store of a later version', () => {
    open().close();
    const { DatabaseSync } = loadSqlite();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => open()).toThrow(
      expect.objectContaining({ code: 'ONETRACE_STORE_VERSION', message: expect.stringContaining('99') }),
    );
  });

  it('says which file it cannot read', () => {
    expect(() => open({ readOnly: true })).toThrow(
      expect.objectContaining({ code: 'ONETRACE_STORE_UNREADABLE', message: expect.stringContaining(path) }),
    );
  });
});

it('keeps its file where the user keeps state', () => {
  expect(defaultStorePath({ XDG_STATE_HOME: '/state' })).toBe(join('/state', 'onetrace', 'onetrace.db'));
});
