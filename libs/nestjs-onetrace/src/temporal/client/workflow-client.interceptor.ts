import type {
  Next,
  WorkflowCancelInput,
  WorkflowClientInterceptor,
  WorkflowDescribeInput,
  WorkflowQueryInput,
  WorkflowSignalInput,
  WorkflowSignalWithStartInput,
  WorkflowStartInput,
  WorkflowStartOutput,
  WorkflowStartUpdateInput,
  WorkflowStartUpdateOutput,
  WorkflowStartUpdateWithStartInput,
  WorkflowStartUpdateWithStartOutput,
  WorkflowTerminateInput,
} from '@temporalio/client';
import type { Attributes } from '@opentelemetry/api';
import { componentLogger } from '../../logging/index.js';
import { ATTR, COMPONENTS, MESSAGES, SPAN_NAMES, TEMPORAL } from '../../semantics/index.js';
import { type ClientCall, tracedClientCall } from './client-call.js';
import { SearchableStart } from './searchable-start.js';
import { type SummarisedOptions, withStaticSummary } from './static-summary.js';

/** What `OnetraceWorkflowClientInterceptor` may be told. */
export interface WorkflowClientInterceptorOptions {
  /** Search attribute that takes the trace ID, `TraceId` unless given; `false` sets none. */
  readonly searchAttribute?: string | false | undefined;
  /** Whether the trace ID is also the static summary of a workflow that has none; `false` unless given. */
  readonly staticSummary?: boolean | undefined;
  /** Namespace of the client; `default` unless given. */
  readonly namespace?: string | undefined;
  /** The client's connection, over which a missing search attribute is registered. Without it none is registered. */
  readonly connection?: object | undefined;
}

type Call<Method extends keyof WorkflowClientInterceptor> = Next<WorkflowClientInterceptor, Method>;
type Terminated = Awaited<ReturnType<NonNullable<WorkflowClientInterceptor['terminate']>>>;
type Described = Awaited<ReturnType<NonNullable<WorkflowClientInterceptor['describe']>>>;
type Cancelled = Awaited<ReturnType<NonNullable<WorkflowClientInterceptor['cancel']>>>;

/**
 * Spans, trace headers, search attribute and lines of a workflow client. The plugin brings it in; by hand it goes into
 * `new Client({ interceptors: { workflow: [new OnetraceWorkflowClientInterceptor({ connection, namespace })] } })`.
 */
export class OnetraceWorkflowClientInterceptor implements WorkflowClientInterceptor {
  private readonly searchable: SearchableStart;
  private readonly staticSummary: boolean;

  constructor({
    searchAttribute = TEMPORAL.searchAttribute,
    staticSummary = false,
    namespace = 'default',
    connection,
  }: WorkflowClientInterceptorOptions = {}) {
    this.searchable = new SearchableStart(searchAttribute, namespace, connection);
    this.staticSummary = staticSummary;
  }

  // Not `start` as well: the SDK calls it only where this one is missing.
  startWithDetails(input: WorkflowStartInput, next: Call<'startWithDetails'>): Promise<WorkflowStartOutput> {
    const { workflowType, options } = input;
    return tracedStart(SPAN_NAMES.startWorkflow(workflowType), workflowType, options, async (call) => {
      const output = await this.searchable.start(this.summarised(options, call), call?.traceId, (searchable) =>
        next({ ...input, headers: call?.headers(input.headers) ?? input.headers, options: searchable }),
      );
      return { output, runId: output.runId };
    });
  }

  signalWithStart(input: WorkflowSignalWithStartInput, next: Call<'signalWithStart'>): Promise<string> {
    const { workflowType, options } = input;
    return tracedStart(SPAN_NAMES.signalWithStartWorkflow(workflowType), workflowType, options, async (call) => {
      const runId = await this.searchable.start(this.summarised(options, call), call?.traceId, (searchable) =>
        next({ ...input, headers: call?.headers(input.headers) ?? input.headers, options: searchable }),
      );
      return { output: runId, runId };
    });
  }

  startUpdateWithStart(
    input: WorkflowStartUpdateWithStartInput,
    next: Call<'startUpdateWithStart'>,
  ): Promise<WorkflowStartUpdateWithStartOutput> {
    const { workflowType, workflowStartOptions: options } = input;
    return tracedStart(SPAN_NAMES.updateWithStartWorkflow(workflowType), workflowType, options, async (call) => {
      const output = await this.searchable.startOnce(this.summarised(options, call), call?.traceId, (searchable) =>
        next({
          ...input,
          workflowStartHeaders: call?.headers(input.workflowStartHeaders) ?? input.workflowStartHeaders,
          updateHeaders: call?.headers(input.updateHeaders) ?? input.updateHeaders,
          workflowStartOptions: searchable,
        }),
      );
      return { output, runId: output.workflowExecution.runId };
    });
  }

  signal(input: WorkflowSignalInput, next: Call<'signal'>): Promise<void> {
    return tracedClientCall(SPAN_NAMES.signalWorkflow(input.signalName), target(input), (call) =>
      next({ ...input, headers: call?.headers(input.headers) ?? input.headers }),
    );
  }

  query(input: WorkflowQueryInput, next: Call<'query'>): Promise<unknown> {
    return tracedClientCall(SPAN_NAMES.queryWorkflow(input.queryType), target(input), (call) =>
      next({ ...input, headers: call?.headers(input.headers) ?? input.headers }),
    );
  }

  startUpdate(input: WorkflowStartUpdateInput, next: Call<'startUpdate'>): Promise<WorkflowStartUpdateOutput> {
    return tracedClientCall(SPAN_NAMES.startWorkflowUpdate(input.updateName), target(input), (call) =>
      next({ ...input, headers: call?.headers(input.headers) ?? input.headers }),
    );
  }

  terminate(input: WorkflowTerminateInput, next: Call<'terminate'>): Promise<Terminated> {
    return tracedClientCall(SPAN_NAMES.terminateWorkflow, target(input), () => next(input));
  }

  describe(input: WorkflowDescribeInput, next: Call<'describe'>): Promise<Described> {
    return tracedClientCall(SPAN_NAMES.describeWorkflow, target(input), () => next(input));
  }

  cancel(input: WorkflowCancelInput, next: Call<'cancel'>): Promise<Cancelled> {
    return tracedClientCall(SPAN_NAMES.cancelWorkflow, target(input), () => next(input));
  }

  private summarised<Options extends SummarisedOptions>(options: Options, call: ClientCall | undefined): Options {
    return this.staticSummary ? withStaticSummary(options, call?.traceId) : options;
  }
}

function target({ workflowExecution }: { workflowExecution: { workflowId?: string; runId?: string } }): Attributes {
  const { workflowId, runId } = workflowExecution;
  return {
    ...(workflowId ? { [ATTR.temporalWorkflowId]: workflowId } : {}),
    ...(runId ? { [ATTR.temporalRunId]: runId } : {}),
  };
}

/** A call that starts a workflow: its span, and its line, which stands for the Temporal server's own. */
function tracedStart<Output>(
  name: string,
  workflowType: string,
  { workflowId, taskQueue }: { workflowId: string; taskQueue: string },
  start: (call: ClientCall | undefined) => Promise<{ output: Output; runId: string | undefined }>,
): Promise<Output> {
  const attributes = {
    [ATTR.temporalWorkflowId]: workflowId,
    [ATTR.temporalWorkflowType]: workflowType,
    [ATTR.temporalTaskQueue]: taskQueue,
  };
  return tracedClientCall(name, attributes, async (call) => {
    const line = {
      workflow_id: workflowId,
      parent_span_id: call?.parentSpanId,
      extra: { workflow_type: workflowType, task_queue: taskQueue },
    };
    try {
      const { output, runId } = await start(call);
      if (runId !== undefined) call?.span.setAttribute(ATTR.temporalRunId, runId);
      componentLogger(COMPONENTS.temporal).info(MESSAGES.workflowStarted, { ...line, run_id: runId });
      return output;
    } catch (error) {
      componentLogger(COMPONENTS.temporal).error(MESSAGES.workflowStartFailed, { ...line, error });
      throw error;
    }
  });
}
