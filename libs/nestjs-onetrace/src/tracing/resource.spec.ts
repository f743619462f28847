import { afterEach, describe, expect, it } from '@jest/globals';
import { createResource, resourceOf } from './resource.js';
import { defaultTracingSettings } from './tracing-options.js';

const VARIABLES = { ...process.env };
afterEach(() => {
  process.env = { ...VARIABLES };
});

describe('resource', () => {
  it('says service, instance, host and process, and nothing of the command line', async () => {
    const argument = '--password=hunter2';
    process.argv.push(argument);
    const resource = createResource({ ...defaultTracingSettings('gateway'), version: '1.2.3', environment: 'prod' });
    process.argv.pop();
    await resource.waitForAsyncAttributes?.();
    expect(resource.attributes).toMatchObject({
      'service.name': 'gateway',
      'service.version': '1.2.3',
      'deployment.environment.name': 'prod',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'host.name': expect.any(String),
      'process.pid': process.pid,
    });
    expect(JSON.stringify(resource.attributes)).not.toContain('hunter2');
  });

  it('takes OTEL_RESOURCE_ATTRIBUTES before what is detected, and settings before them', () => {
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'host.name=mine,service.instance.id=i-1,team=a%2Cb,service.name=other';
    expect(createResource(defaultTracingSettings('gateway')).attributes).toMatchObject({
      'host.name': 'mine',
      'service.instance.id': 'i-1',
      team: 'a,b',
      'service.name': 'gateway',
    });
  });

  it('gives one resource for each other service, so that its spans are sent as one group', () => {
    const own = createResource(defaultTracingSettings('gateway'));
    expect(resourceOf('nginx', 'nginx', own)).toBe(resourceOf('nginx', 'nginx', own));
    expect(resourceOf('nginx', 'nginx', own).attributes).toMatchObject({ 'service.name': 'nginx' });
  });
});
