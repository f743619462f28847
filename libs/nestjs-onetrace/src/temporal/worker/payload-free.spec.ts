import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { toLineFields } from './runtime.logger.js';

// As the SDK loads it; the package has no types of its own for what is generated.
const { coresdk } = createRequire(import.meta.url)('@temporalio/proto') as {
  coresdk: Record<string, Record<string, { create(properties: object): object }>>;
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const payload = { metadata: { encoding: bytes('json/plain') }, data: bytes('"a secret"') };
const message = (room: string, name: string, properties: object): object =>
  coresdk[room]?.[name]?.create(properties) ?? {};

describe("a task in the SDK's debug lines", () => {
  it.each<[string, object]>([
    [
      'a workflow',
      {
        jobs: [
          message('workflow_activation', 'WorkflowActivationJob', {
            initializeWorkflow: { workflowType: 'kept', arguments: [payload], memo: { fields: { a: payload } } },
          }),
        ],
      },
    ],
    [
      'an activity',
      {
        start: message('activity_task', 'Start', {
          activityType: 'kept',
          input: [payload],
          headerFields: { a: payload },
          heartbeatDetails: [payload],
        }),
      },
    ],
  ])('says what %s is to do, without arguments and headers', (_what, attributes) => {
    const { extra } = toLineFields({ sdkComponent: 'worker', ...attributes });
    const json = JSON.stringify(extra);
    expect(json).toContain('"kept"');
    expect(json).toContain('[payload]');
    expect(json).not.toContain(Buffer.from('"a secret"').toString('base64'));
  });

  it('has no task token, however deep', () => {
    const start = message('nexus', 'NexusTask', { task: { taskToken: bytes('token') } });
    expect(JSON.stringify(toLineFields({ sdkComponent: 'worker', start }).extra)).toBe(
      '{"sdkComponent":"worker","start":{"task":{}}}',
    );
  });
});

it('leaves alone what an application says about a payload', () => {
  const said = { metadata: { encoding: 'json/plain' }, data: 'x' };
  expect(toLineFields({ sdkComponent: 'workflow', said }).extra).toEqual({ sdkComponent: 'workflow', said });
});
