import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { withActivityFields } from '../context/index.js';
import type { LineFields } from './line-fields.js';
import { componentLogger } from './index.js';
import { collectLines } from './logged-lines.fixture.js';

const ACTIVITY = { workflow_id: 'w-1', run_id: 'r-1', activity: 'embed', attempt: 2 };
const TRACE = '0af7651916cd43dd8448eb211c80319c';

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

/** The fields of the schema that a line has which is written inside the activity. */
function said(say: (logs: ReturnType<typeof collectLines>) => void): object {
  const logs = collectLines();
  try {
    context.with(withActivityFields(ROOT_CONTEXT, ACTIVITY), () => say(logs));
  } finally {
    logs.restore();
  }
  return logs.lines[0] ?? {};
}

describe('a line that is written inside an attempt of an activity', () => {
  const line = { timestamp: expect.any(String), level: 'INFO', message: 'said', component: 'gateway' };

  it("names it, also where an application's own logger writes it", () => {
    expect(said(({ root }) => root.info('said'))).toEqual({ ...line, ...ACTIVITY });
  });

  it.each<[string, LineFields, object]>([
    ['of nothing else', { duration_ms: 3 }, { ...ACTIVITY, duration_ms: 3 }],
    ['of a call that counts its attempts', { attempt: 1 }, { ...ACTIVITY, attempt: 1 }],
    ['of another workflow', { workflow_id: 'w-2' }, { workflow_id: 'w-2' }],
    ['of another activity', { activity: 'rank', attempt: 1 }, { activity: 'rank', attempt: 1 }],
    ['of another trace', { trace_id: TRACE }, { trace_id: TRACE }],
  ])('and speaks %s has what belongs together', (_what, fields, expected) => {
    expect(said(() => componentLogger().info('said', fields))).toEqual({ ...line, ...expected });
  });
});
