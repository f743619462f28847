import type { Payload } from '@temporalio/common';
import { ATTR, SPAN_NAMES } from '../../semantics/index.js';
import { tracedClientCall } from './client-call.js';

// Inputs are described, not imported: SDK 1.23 knows not all of them (pausing, changing options).

/** Input of the start of an activity without a workflow, as far as it is read here. */
export interface ActivityStart {
  readonly activityType: string;
  readonly options: { readonly id: string; readonly taskQueue: string };
  readonly headers: Record<string, Payload>;
}

/** Input of a call about an activity without a workflow that has been started. */
export interface StartedActivity {
  readonly activityId: string;
  /** Empty where the caller means the latest run. */
  readonly activityRunId: string;
}

type Next<Input, Output> = (input: Input) => Promise<Output>;

/**
 * Spans of a client of activities without a workflow, and the trace in the headers of what it starts. Waiting
 * for a result and listing have none.
 */
export class OnetraceActivityClientInterceptor {
  start<Input extends ActivityStart, Handle>(input: Input, next: Next<Input, Handle>): Promise<Handle> {
    const { activityType, options } = input;
    const attributes = {
      [ATTR.temporalActivityType]: activityType,
      [ATTR.temporalActivityId]: options.id,
      [ATTR.temporalTaskQueue]: options.taskQueue,
    };
    return tracedClientCall(SPAN_NAMES.startActivity(activityType), attributes, (call) =>
      next({ ...input, headers: call?.headers(input.headers) ?? input.headers }),
    );
  }

  describe<Input extends StartedActivity, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.describeActivity, input, next);
  }

  cancel<Input extends StartedActivity, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.cancelActivity, input, next);
  }

  terminate<Input extends StartedActivity, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.terminateActivity, input, next);
  }

  pause<Input extends StartedActivity, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.pauseActivity, input, next);
  }

  unpause<Input extends StartedActivity, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.unpauseActivity, input, next);
  }

  updateOptions<Input extends StartedActivity, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.updateActivityOptions, input, next);
  }

  restoreOriginalOptions<Input extends StartedActivity, Output>(
    input: Input,
    next: Next<Input, Output>,
  ): Promise<Output> {
    return asked(SPAN_NAMES.restoreActivityOptions, input, next);
  }
}

function asked<Input extends StartedActivity, Output>(
  name: string,
  input: Input,
  next: Next<Input, Output>,
): Promise<Output> {
  const attributes = {
    [ATTR.temporalActivityId]: input.activityId,
    ...(input.activityRunId ? { [ATTR.temporalRunId]: input.activityRunId } : {}),
  };
  return tracedClientCall(name, attributes, () => next(input));
}
