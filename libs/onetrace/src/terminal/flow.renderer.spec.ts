import { describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import * as chain from '../telemetry/chain.fixture.js';
import { assembleFlow } from '../flow/flow.assembler.js';
import { renderFlow } from './flow.renderer.js';
import { widthOf } from './text.fit.js';

const SCENARIOS = ['success', 'retried', 'failed', 'hanging', 'deadWorker', 'neverPickedUp'] as const;

function render(scenario: chain.Scenario, options = {}): string {
  const flow = assembleFlow({ id: 'x', traceId: chain.TRACE_ID, ...scenario, nowMs: chain.T0 + 120_000 });
  return renderFlow(flow, options);
}

/** Lines with runs of spaces made one, so that a test names what is told and not how it is aligned. */
function told(scenario: chain.Scenario): string[] {
  return render(scenario)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').trim());
}

describe.each(SCENARIOS)('%s', (name) => {
  it.each([60, 79, 80, 100, 140, 200])('has no line over %d columns', (width) => {
    for (const line of render(chain[name](), { width }).split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width);
  });

  it('tells the same with colours and without, and escapes nothing unless asked', () => {
    const plain = render(chain[name]());
    expect(plain).not.toContain('\u001b');
    expect(stripVTControlCharacters(render(chain[name](), { color: true }))).toBe(plain);
    expect(render(chain[name](), { color: true })).toContain('\u001b[');
  });

  it('dumps no stack trace', () => {
    expect(render(chain[name]())).not.toMatch(/^\s+at /m);
  });
});

describe('the answer', () => {
  it.each([
    ['success', ['OK POST /v1/pipelines/text-embedding/runs → 200 after 1.26 s']],
    [
      'retried',
      ['OK POST /v1/pipelines/text-embedding/runs → 200 after 1.46 s', 'overcame inference: llm_request answered 503'],
    ],
    [
      'failed',
      [
        'FAILED POST /v1/pipelines/text-embedding/runs → 502 after 1.01 s',
        'cause connector: POST 127.0.0.1:8000 answered 503, 3 attempts',
      ],
    ],
    [
      'hanging',
      [
        'FAILED POST /v1/pipelines/text-embedding/runs → 504 after 30.2 s',
        'cause connector: 127.0.0.1:8000 sent no headers within 10 s, 3 attempts',
      ],
    ],
    ['deadWorker', ['cause worker: RunActivity:inference started and never finished: its worker died or hangs']],
    ['neverPickedUp', [`cause temporal: no worker picked up workflow ${chain.WORKFLOW_ID} (task queue pipelines)`]],
  ] as const)('of %s comes first', (name, expected) => {
    const lines = told(chain[name]());
    const header = lines.slice(0, lines.indexOf(''));
    for (const line of expected) expect(header).toContain(line);
    expect(header).toContainEqual(
      expect.stringMatching(/^trace 0af7651916cd43dd8448eb211c80319c 2026-11-21 client dept-a/),
    );
    expect(header).toContainEqual(expect.stringMatching(/^time \w+ [\d.]+ m?s \([\d.]+ %\)/));
  });
});

it('shows the request ID of the caller, and none that is derived for an attempt or is the trace ID', () => {
  const withIds = (...ids: string[]) => {
    const lines = ids.map((requestId) => chain.makeLine(1, 'connector', 'model request sent', 31, { requestId }));
    return render({ spans: chain.success().spans.slice(2), lines });
  };
  expect(withIds(chain.TRACE_ID, `${chain.TRACE_ID}-00f067aa0ba902b7`)).not.toContain(' request ');
  expect(withIds('abc-12345', 'abc-12345-00f067aa0ba902b7')).toMatch(/request abc-12345$/m);
});

describe('the story', () => {
  it('has time, offset, component, step, duration, mark and bar in a row', () => {
    expect(told(chain.success())).toContainEqual(
      expect.stringMatching(/^10:15:23\.226 \+126 ms inference llm_request 200 1\.03 s ◂ │ ?━+ ?│$/),
    );
    expect(told(chain.success())).toContainEqual(
      expect.stringMatching(/^10:15:23\.160 \+60 ms worker · 텍스트 3개를 정규화했습니다 │·\s*│$/),
    );
  });

  it('is in order, and nested', () => {
    const rows = render(chain.success())
      .split('\n')
      .filter((line) => /^\d\d:/.test(line));
    expect(rows.map((row) => row.slice(0, 12))).toEqual(rows.map((row) => row.slice(0, 12)).sort());
    const indentOf = (text: string) => rows.find((row) => row.includes(text))?.indexOf(text) ?? -1;
    expect(indentOf('llm_request')).toBeGreaterThan(indentOf('chat tiny'));
    expect(indentOf('chat tiny')).toBeGreaterThan(indentOf('StartWorkflow'));
  });

  it('marks the one slowest step and every failing one', () => {
    const rows = told(chain.failed()).filter((line) => /^\d\d:/.test(line));
    expect(rows.filter((row) => row.includes('◂'))).toEqual([expect.stringContaining('chat tiny')]);
    expect(rows.filter((row) => row.includes('✗')).length).toBe(8);
    expect(rows).toContainEqual(expect.stringMatching(/503 · attempt 3 49 ms ✗ │/));
  });

  it('marks what never finished, and how long it is known to have lasted', () => {
    expect(told(chain.deadWorker())).toContainEqual(
      expect.stringMatching(/RunActivity:inference never finished >14\.9 s ⋯◂ │\s*╍+│/),
    );
    expect(told(chain.neverPickedUp())).toContainEqual(
      expect.stringMatching(/StartWorkflow.* never picked up >15\.0 s ⋯◂ │\s*╍+│/),
    );
  });

  it.each([
    [{ 'gen_ai.usage.input_tokens': 3, 'gen_ai.usage.output_tokens': 5 }, 'chat tiny 3 → 5 tokens'],
    [{ 'gen_ai.usage.input_tokens': 3 }, 'chat tiny 3 tokens'],
    [
      {
        'gen_ai.usage.input_tokens': 1200,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.response.time_to_first_chunk': 0.12,
        'onetrace.cost': 0.0053,
        'onetrace.cost_currency': 'USD',
      },
      'chat tiny 0.0053 USD · 1200 → 5 tokens · first 120 ms',
    ],
    [{ 'onetrace.cost': 3e-7 }, 'chat tiny 0.0000003'],
    [{ 'onetrace.cost': 1234.5, 'onetrace.cost_currency': 'KRW' }, 'chat tiny 1235 KRW'],
    [{}, 'chat tiny'],
  ])('tells what the call of a model took: %j', (attributes, expected) => {
    const { spans, lines } = chain.success();
    const model = spans.map((span) => (span.name === 'chat tiny' ? { ...span, attributes } : span));
    const row = render({ spans: model, lines }, { width: 200 })
      .split('\n')
      .find((line) => line.includes('chat tiny'));
    expect(row?.replace(/ +/g, ' ')).toContain(`connector ${expected} 1.`);
  });

  it.each([
    ['chat tiny', 'chat tiny 0.0053 USD'],
    ['chat meta-llama/Llama-3.1-8B-Instruct', '… 0.0053 USD'],
  ])('has the cost of %s at 100 columns too, before whatever else it took', (name, expected) => {
    const { spans, lines } = chain.success();
    const attributes = {
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.response.time_to_first_chunk': 0.12,
      'onetrace.cost': 0.0053,
      'onetrace.cost_currency': 'USD',
    };
    const model = spans.map((span) => (span.name === 'chat tiny' ? { ...span, name, attributes } : span));
    const row = render({ spans: model, lines }, { width: 100 })
      .split('\n')
      .find((line) => line.includes('connector') && line.includes('USD'));
    expect(row?.replace(/ +/g, ' ')).toContain(expected);
  });

  it('shows under a span which trace it is linked to', () => {
    const { spans, lines } = chain.success();
    const [first, ...rest] = spans as [(typeof spans)[number], ...typeof spans];
    const link = { traceId: 'ab'.repeat(16), spanId: chain.spanId(1), attributes: {} };
    expect(told({ spans: [{ ...first, links: [link] }, ...rest], lines })).toContainEqual(
      expect.stringMatching(/ · linked: abababababab span 0000\S*… │·\s*│$/),
    );
  });

  it('leaves the bars out where there is no room for them', () => {
    expect(render(chain.success(), { width: 79 })).not.toContain('│');
  });

  it('says what keeps it from being whole', () => {
    const scenario = chain.success();
    const lines = told({
      ...scenario,
      spans: scenario.spans.filter(({ name }) => !name.startsWith('edge')),
      lines: [],
    });
    expect(lines).toContain('note 1 span has a parent that never arrived: POST /v1/pipelines/:pipeline/runs');
  });

  it('cuts a long message by its width', () => {
    const message = '아주 긴 메시지 '.repeat(40);
    const rendered = render({ spans: [], lines: [chain.makeLine(0, 'worker', message)] });
    expect(rendered).toContain('…');
    for (const line of rendered.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(100);
  });
});
