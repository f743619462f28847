import { TEMPORAL } from '../semantics/index.js';
import type { ActivityContext } from './activity/activity-context.js';
import { OnetraceActivityInboundInterceptor } from './activity/activity-inbound.interceptor.js';
import { ActivityOutboundInterceptor } from './activity/activity-outbound.interceptor.js';
import { ensureSearchAttribute } from './client/search-attribute.registration.js';
import { OnetraceActivityClientInterceptor } from './client/activity-client.interceptor.js';
import { OnetraceNexusClientInterceptor } from './client/nexus-client.interceptor.js';
import { OnetraceScheduleClientInterceptor } from './client/schedule-client.interceptor.js';
import { OnetraceWorkflowClientInterceptor } from './client/workflow-client.interceptor.js';
import { OnetraceNexusInboundInterceptor } from './nexus/nexus-inbound.interceptor.js';
import type {
  BundleOptionsPart,
  ClientInterceptorsPart,
  ClientOptionsPart,
  ReplayWorkerOptionsPart,
  WorkerOptionsPart,
} from './sdk-options.js';
import type { ResolvedTemporalTracingOptions } from './temporal-tracing.options.js';
import { installRuntimeLogger } from './worker/runtime.install.js';
import { RuntimeLogger } from './worker/runtime.logger.js';
import { isWorkflowModule, onetraceWorkflowModule } from './worker/workflow-module.js';
import { onetraceSinks } from './worker/workflow.sinks.js';

// Known to every copy of the library in the process (ESM beside CommonJS), so that each counts once.
const OURS = Symbol.for('onetrace.temporal.interceptor');

/** Our interceptors of a client, one of each kind. */
export interface OnetraceClientInterceptors {
  workflow: OnetraceWorkflowClientInterceptor[];
  schedule: OnetraceScheduleClientInterceptor[];
  activity: OnetraceActivityClientInterceptor[];
  nexus: OnetraceNexusClientInterceptor[];
}

/**
 * Tracing for `plugins: [...]` of Client, Connection, NativeConnection, Worker, replay worker and `bundleWorkflowCode`.
 * The SDK hands a connection's plugins on to its clients and workers: however often the plugin is named, it counts
 * once. Interceptors of the user stay as they are and run inside ours.
 */
export class OnetraceTemporalPlugin {
  constructor(
    private readonly options: ResolvedTemporalTracingOptions,
    /** Who is told of the connections of clients and workers. */
    private readonly connections?: { seen(connection: object | undefined, namespace: string | undefined): void },
  ) {}

  get name(): string {
    return 'nestjs-onetrace';
  }

  configureClient<Options extends ClientOptionsPart>(options: Options): Options {
    this.connections?.seen(options.connection, options.namespace);
    return { ...options, interceptors: this.withClientInterceptors(options.interceptors, options) };
  }

  configureConnection<Options extends object>(options: Options): Options {
    return options;
  }

  configureNativeConnection<Options extends object>(options: Options): Options {
    installRuntimeLogger();
    return options;
  }

  configureWorker<Options extends WorkerOptionsPart>(options: Options): Options {
    this.connections?.seen(options.connection, options.namespace);
    // A connection that was made without the plugin has already set up the Runtime; then this says so once.
    installRuntimeLogger();
    const { activity = [], nexus = [] } = options.interceptors ?? {};
    return {
      ...options,
      sinks: withSinks(options.sinks),
      interceptors: {
        ...options.interceptors,
        client: this.withClientInterceptors(options.interceptors?.client, options),
        activity: activity.some(isOurs) ? activity : [activityInterceptors, ...activity],
        nexus: nexus.some(isOurs) ? nexus : [nexusInterceptors, ...nexus],
      },
    };
  }

  configureReplayWorker<Options extends ReplayWorkerOptionsPart>(options: Options): Options {
    return { ...options, sinks: withSinks(options.sinks) };
  }

  /** Also what a worker calls for its `workflowsPath`; a prebuilt bundle has to be built with the plugin. */
  configureBundler<Options extends BundleOptionsPart>(options: Options): Options {
    const modules = options.workflowInterceptorModules ?? [];
    const preloaded = options.preloadModules ?? [];
    const ours = modules.find(isWorkflowModule) ?? onetraceWorkflowModule(this.options);
    return {
      ...options,
      logger: options.logger ?? new RuntimeLogger(),
      workflowInterceptorModules: modules.includes(ours) ? modules : [ours, ...modules],
      // Loaded once for all workflows of a worker instead of once for each, which most of what they cost was due to. It
      // can be: what belongs to a workflow hangs on its own global object.
      preloadModules: preloaded.includes(ours) ? preloaded : [...preloaded, ours],
    };
  }

  /**
   * The interceptors alone, for a client that somebody else makes and that takes no plugins.
   *
   * @param options connection, over which a missing search attribute is registered, and namespace of the client.
   */
  clientInterceptors(options: { connection?: object; namespace?: string } = {}): OnetraceClientInterceptors {
    return {
      workflow: [new OnetraceWorkflowClientInterceptor({ ...this.options, ...options })],
      schedule: [new OnetraceScheduleClientInterceptor()],
      activity: [new OnetraceActivityClientInterceptor()],
      nexus: [new OnetraceNexusClientInterceptor()],
    };
  }

  /**
   * Brings the lines of Temporal's SDK and native core into the format of the others, for a worker whose connection
   * somebody else makes without plugins; before that. Once a process.
   */
  installRuntime(): void {
    installRuntimeLogger();
  }

  /**
   * Registers the plugin's search attribute in a namespace if it is missing and waits until it is usable; for start-up.
   * `false` when that is not possible or none is used. Never rejects.
   */
  async ensureSearchAttribute(connection: object, namespace = 'default'): Promise<boolean> {
    const name = this.options.searchAttribute;
    return name !== false && (await ensureSearchAttribute(connection, namespace, { name }));
  }

  private withClientInterceptors<Interceptors extends ClientInterceptorsPart>(
    interceptors: Interceptors | undefined,
    { connection, namespace }: { connection?: object; namespace?: string },
  ): Interceptors {
    const workflow = interceptors?.workflow ?? [];
    const ours = this.clientInterceptors({
      ...(connection === undefined ? {} : { connection }),
      ...(namespace === undefined ? {} : { namespace }),
    });
    const others = {
      ...interceptors,
      schedule: withOurs(interceptors?.schedule, ours.schedule),
      activity: withOurs(interceptors?.activity, ours.activity),
      nexus: withOurs(interceptors?.nexus, ours.nexus),
    };
    if (Array.isArray(workflow)) {
      return { ...others, workflow: withOurs(workflow as object[], ours.workflow) } as Interceptors;
    }
    // The deprecated form: a map with a list of factories, one call for each workflow handle.
    const { calls = [] } = workflow as { calls?: unknown[] };
    if (calls.some(isOurs)) return others as Interceptors;
    return { ...others, workflow: { ...workflow, calls: [mark(() => ours.workflow[0]), ...calls] } } as Interceptors;
  }
}

// On the classes, so that those named by hand count too, of whichever copy.
for (const ours of [
  OnetraceWorkflowClientInterceptor,
  OnetraceScheduleClientInterceptor,
  OnetraceActivityClientInterceptor,
  OnetraceNexusClientInterceptor,
]) {
  mark(ours.prototype);
}

const activityInterceptors = mark((ctx: ActivityContext) => ({
  inbound: new OnetraceActivityInboundInterceptor(ctx),
  outbound: new ActivityOutboundInterceptor(),
}));

const nexusInterceptors = mark(() => ({
  inbound: new OnetraceNexusInboundInterceptor(),
  outbound: new ActivityOutboundInterceptor(),
}));

/** The list with ours in front, unless one of ours is in it. */
function withOurs(list: readonly object[] = [], ours: readonly object[]): readonly object[] {
  return list.some(isOurs) ? list : [...ours, ...list];
}

/** With our sink, unless it was given by hand; functions of the user's under the same name stay beside ours. */
function withSinks(sinks: object = {}): object {
  const theirs = (sinks as Readonly<Record<string, object | undefined>>)[TEMPORAL.sink];
  return { ...sinks, [TEMPORAL.sink]: { ...onetraceSinks().onetrace, ...theirs } };
}

function mark<T extends object>(target: T): T {
  return Object.defineProperty(target, OURS, { value: true });
}

function isOurs(value: unknown): boolean {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && OURS in value;
}
