import { afterAll, describe, expect, it } from '@jest/globals';
import type { ClientInterceptors, ClientPlugin, ConnectionPlugin } from '@temporalio/client';
import type {
  ActivityInterceptorsFactory,
  BundlerPlugin,
  NativeConnectionPlugin,
  WorkerPlugin,
} from '@temporalio/worker';
import { Runtime } from '@temporalio/worker';
import {
  OnetraceActivityClientInterceptor,
  OnetraceActivityInboundInterceptor,
  OnetraceNexusClientInterceptor,
  OnetraceScheduleClientInterceptor,
  OnetraceWorkflowClientInterceptor,
  onetraceWorkflowModule,
  temporalTracing,
} from './index.js';

// Compiled with the SDK's own types: the plugin fits every place that takes one.
const tracing: ClientPlugin & ConnectionPlugin & NativeConnectionPlugin & WorkerPlugin & BundlerPlugin =
  temporalTracing();
const clients: Required<ClientInterceptors> = {
  workflow: [new OnetraceWorkflowClientInterceptor()],
  schedule: [new OnetraceScheduleClientInterceptor()],
  activity: [new OnetraceActivityClientInterceptor()],
  nexus: [new OnetraceNexusClientInterceptor()],
};
const byHand: ActivityInterceptorsFactory = (ctx) => ({ inbound: new OnetraceActivityInboundInterceptor(ctx) });

// A worker's configuration installs the Runtime, which lives on without workers.
afterAll(() => Runtime.instance().shutdown());

describe('the plugin', () => {
  it('counts once on a client, however often it is named', () => {
    const again = temporalTracing();
    const options = again.configureClient(tracing.configureClient?.(tracing.configureClient({})) ?? {});
    expect(options.interceptors).toEqual({
      workflow: [expect.any(OnetraceWorkflowClientInterceptor)],
      schedule: [expect.any(OnetraceScheduleClientInterceptor)],
      activity: [expect.any(OnetraceActivityClientInterceptor)],
      nexus: [expect.any(OnetraceNexusClientInterceptor)],
    });
  });

  it('leaves it at those that are named by hand', () => {
    expect(tracing.configureClient?.({ interceptors: clients }).interceptors).toEqual(clients);
  });

  it("keeps the user's interceptors of a client: workflow, activity, schedule and Nexus ones", () => {
    const mine = { workflow: [{}], activity: [{}], schedule: [{}], nexus: [{}] };
    const { interceptors } = tracing.configureClient?.({ interceptors: mine }) ?? {};
    for (const client of ['workflow', 'activity', 'schedule', 'nexus'] as const)
      expect(interceptors?.[client]).toEqual([expect.anything(), mine[client][0]]);
  });

  it('joins the deprecated factories of client interceptors, once', () => {
    const calls = [() => ({})];
    const once = tracing.configureClient?.({ interceptors: { workflow: { calls } } }) ?? {};
    const twice = tracing.configureClient?.(once) ?? {};
    expect((twice.interceptors?.workflow as { calls: unknown[] }).calls).toHaveLength(2);
  });

  it("counts once on a worker and keeps the user's interceptors and sinks", async () => {
    const mine = { activity: [byHand], nexus: [() => ({})], workflowModules: ['mine'], client: { nexus: [{}] } };
    const sinks = { mine: { fn: { fn: () => undefined } } };
    const start = { taskQueue: 'q', interceptors: mine, sinks };
    const options = await tracing.configureWorker?.((await tracing.configureWorker?.(start)) ?? start);
    expect(options?.interceptors?.activity).toHaveLength(2);
    expect(options?.interceptors?.activity?.[1]).toBe(byHand);
    expect(options?.interceptors?.nexus).toEqual([expect.any(Function), mine.nexus[0]]);
    expect(options?.interceptors).toMatchObject({ workflowModules: ['mine'] });
    expect(options?.interceptors?.client?.nexus).toEqual([expect.anything(), mine.client.nexus[0]]);
    expect(options?.interceptors?.client?.workflow).toHaveLength(1);
    expect(Object.keys(options?.sinks ?? {})).toEqual(['mine', 'onetrace']);
  });

  it("brings its sink beside functions of a sink of the user's with that name, and leaves it where it is given by hand", async () => {
    const count = { fn: () => undefined };
    const mine = { taskQueue: 'q', sinks: { onetrace: { count } } };
    const record = { fn: () => undefined, callDuringReplay: false as const };
    const byHand = { taskQueue: 'q', sinks: { onetrace: { record } } };
    expect((await tracing.configureWorker?.(mine))?.sinks).toEqual({ onetrace: { record: expect.anything(), count } });
    expect((await tracing.configureWorker?.(byHand))?.sinks).toEqual(byHand.sinks);
  });

  it('brings its module into the bundle, once, before those of the user', () => {
    const bundle = { workflowsPath: '.', workflowInterceptorModules: ['mine'] };
    const options = tracing.configureBundler?.(tracing.configureBundler(bundle));
    expect(options?.workflowInterceptorModules).toEqual([
      expect.stringMatching(/temporal[\\/]workflow[\\/]index\.[jt]s$/),
      'mine',
    ]);
  });

  it('has its module loaded once for all workflows, under the name that it is brought in by', () => {
    const ours = onetraceWorkflowModule({ runWorkflowSpan: 'onComplete' });
    const bundle = { workflowsPath: '.', workflowInterceptorModules: ['mine', ours], preloadModules: ['shared'] };
    const options = tracing.configureBundler?.(tracing.configureBundler(bundle));
    expect(options?.workflowInterceptorModules).toEqual(['mine', ours]);
    expect(options?.preloadModules).toEqual(['shared', ours]);
  });

  it('takes its module that is named by hand for its own, by the name of the package too', () => {
    const byName = { workflowsPath: '.', workflowInterceptorModules: ['nestjs-onetrace/temporal/workflow'] };
    expect(tracing.configureBundler?.(byName).workflowInterceptorModules).toEqual(byName.workflowInterceptorModules);
  });

  it('refuses settings of its module that there are not', () => {
    expect(() => onetraceWorkflowModule({ continueAsNew: 'never' as 'newTrace' })).toThrow(
      'onetraceWorkflowModule option "continueAsNew" is "never"; it takes "sameTrace" or "newTrace"',
    );
  });
});
