import { describe, expect, it } from '@jest/globals';
import { setRootLogger, createRootLogger } from '../../logging/index.js';
import { SearchableStart, type StartOptions } from './searchable-start.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const refusal = (text: string, code = 3) =>
  Object.assign(new Error('Failed to start Workflow'), {
    cause: Object.assign(new Error(text), { code, details: text }),
  });
const UNMAPPED = refusal('Namespace default has no mapping defined for search attribute TraceId');

setRootLogger(createRootLogger({ component: 'test', level: 'silent', destination: undefined }));

/** Starts as a server does that refuses the first calls. */
function server(...refusals: Error[]): { calls: StartOptions[]; start: (options: StartOptions) => Promise<string> } {
  const calls: StartOptions[] = [];
  const start = async (options: StartOptions): Promise<string> => {
    calls.push(options);
    const error = refusals.shift();
    if (error !== undefined) throw error;
    return 'run';
  };
  return { calls, start };
}

const ATTRIBUTE = [{ key: { name: 'TraceId', type: 'KEYWORD' }, value: TRACE }];

describe('a start with the trace ID', () => {
  it('sets the attribute', async () => {
    const { calls, start } = server();
    await new SearchableStart('TraceId', 'default', undefined).start({}, TRACE, start);
    expect(calls).toEqual([{ typedSearchAttributes: ATTRIBUTE }]);
  });

  it.each([
    UNMAPPED,
    refusal('search attribute TraceId is not defined'),
    refusal('invalid value for search attribute TraceId of type Int: ...'),
    refusal("TraceId attribute can't be set in SearchAttributes"),
  ])('is repeated once with the memo when the server refuses the attribute: %s', async (error) => {
    const { calls, start } = server(error);
    const searchable = new SearchableStart('TraceId', 'default', undefined);
    await expect(searchable.start({ memo: { mine: 1 } }, TRACE, start)).resolves.toBe('run');
    expect(calls[1]).toEqual({ memo: { trace_id: TRACE, mine: 1 } });
    await searchable.start({}, TRACE, start);
    expect(calls[2]).toEqual({ memo: { trace_id: TRACE } });
  });

  it.each([
    refusal('Namespace default has no mapping defined for search attribute Department'),
    refusal('Workflow execution already started', 6),
    refusal('invalid TaskQueue'),
    new TypeError('bug'),
  ])('is not repeated after any other error: %s', async (error) => {
    const { calls, start } = server(error);
    await expect(new SearchableStart('TraceId', 'default', undefined).start({}, TRACE, start)).rejects.toBe(error);
    expect(calls).toHaveLength(1);
  });

  it.each([
    [false, TRACE],
    ['TraceId', undefined],
  ] as const)('is left as it is with attribute %s and trace %s', async (name, traceId) => {
    const { calls, start } = server();
    const options = { memo: { mine: 1 } };
    await new SearchableStart(name, 'default', undefined).start(options, traceId, start);
    expect(calls[0]).toBe(options);
  });

  it('that cannot be repeated uses the memo until the attribute is known to be usable', async () => {
    const { calls, start } = server();
    const searchable = new SearchableStart('TraceId', 'default', undefined);
    await searchable.startOnce({}, TRACE, start);
    await searchable.start({}, TRACE, start);
    await searchable.startOnce({}, TRACE, start);
    expect(calls).toEqual([
      { memo: { trace_id: TRACE } },
      { typedSearchAttributes: ATTRIBUTE },
      { typedSearchAttributes: ATTRIBUTE },
    ]);
  });
});
