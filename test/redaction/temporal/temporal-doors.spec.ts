import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { type Receiver, startReceiver } from '../../../libs/onetrace/src/index.ts';
import { onetrace } from '../../../tools/chain/onetrace-cli.ts';
import { formsOf, leaksOf } from '../leaks.ts';
import { SECRETS } from '../secrets.ts';
import { type DoorsStage, startDoorsStage } from './doors.stage.ts';

/** What is said of each secret at least once, whichever door it tried. */
const SAID = [
  'workflow started',
  'workflow failed',
  'workflow start failed',
  'activity started',
  'activity failed',
  'went on',
  'signalled',
  'deep',
  'model call completed',
  'model call failed',
  'model request failed',
  'Got workflow activation',
  'Got activity task',
  'Failing workflow task',
  'Workflow execution failed',
  'Workflow Update failed',
];

/** Secrets that are on their way at the same time. */
const AT_ONCE = 6;

describe('secrets in workflows, activities and model calls', () => {
  let stage: DoorsStage;
  let viewer: Receiver;
  const outputs: Record<string, string> = {};

  beforeAll(async () => {
    stage = await startDoorsStage();
    viewer = await startReceiver({ port: 0 });
    const traceIds = await throughEveryDoor(stage.url);
    outputs['metrics'] = await (await fetch(`${stage.url}/metrics`)).text();
    await stage.program.stop();
    outputs['lines'] = await stage.output();
    outputs['spans'] = stage.otlp.exports.map(({ body }) => body.toString('latin1')).join('\n');
    for (const { path, headers, body } of stage.otlp.exports) {
      const type = headers['content-type'] ?? '';
      await fetch(viewer.url + path, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) });
    }
    const lines = { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body: outputs['lines'] };
    await fetch(`${viewer.url}/lines`, lines);
    outputs['viewer'] = '';
    for (const id of traceIds) {
      for (const flags of [[], ['--json']]) {
        const { stdout, stderr } = await onetrace('show', id, '--url', viewer.url, ...flags);
        outputs['viewer'] += `${stdout}\n${stderr}\n`;
      }
    }
  }, 240_000);

  afterAll(async () => {
    await viewer?.close();
    await stage?.stop();
  });

  it('went through every door', () => {
    const messages = (outputs['lines'] ?? '').split('\n').map((line) => /"message":"([^"]*)"/.exec(line)?.[1]);
    const said = SAID.map((message) => [message, messages.filter((one) => one === message).length >= SECRETS.length]);
    expect(said).toEqual(SAID.map((message) => [message, true]));
    for (const name of ['lines', 'spans', 'viewer'])
      expect({ name, text: outputs[name] }).toEqual({ name, text: expect.stringContaining('[redacted]') });
    for (const name of ['RunActivity:fails', 'CompleteWorkflow:smuggles', 'HandleQuery:tell'])
      expect(outputs['spans']).toContain(name);
    expect(outputs['metrics']).toContain('http_requests_total{');
  });

  it('what the application keeps in Temporal, and what it is told, is whole', async () => {
    for (const [index, { key, value, text }] of SECRETS.entries()) {
      const handle = stage.client.workflow.getHandle(`smuggles-${index}`);
      const { memo, typedSearchAttributes } = await handle.describe();
      expect(memo).toEqual({ [key]: value, note: text, later: { [key]: value, note: text } });
      const attributes = Object.fromEntries(
        typedSearchAttributes.getAll().map(({ key: { name }, value: to }) => [name, to]),
      );
      // The server adds attributes of its own.
      expect(attributes).toMatchObject({ Note: text, TraceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
      const failed: unknown = await handle.result().catch((error: unknown) => error);
      const failure = (failed as WorkflowFailedError).cause as ApplicationFailure;
      expect([failure.message, failure.details]).toEqual([text, [text, { [key]: value }]]);
    }
  });

  it.each(SECRETS.map(({ what, hidden }) => [what, hidden]))('%s stays inside', (_what, hidden) => {
    for (const [name, output] of Object.entries(outputs)) {
      const leaks = formsOf(hidden).flatMap((form) => leaksOf(output, form));
      expect([name, leaks]).toEqual([name, []]);
    }
  });
});

async function throughEveryDoor(url: string): Promise<string[]> {
  const left = SECRETS.keys();
  const traceIds: string[] = [];
  const send = async (): Promise<void> => {
    for (const index of left) {
      const response = await fetch(`${url}/doors/${index}`);
      await response.text();
      traceIds.push(response.headers.get('x-trace-id') ?? '');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  return traceIds;
}
