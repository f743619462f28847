import type { CreateScheduleInput, CreateScheduleOutput, Next, ScheduleClientInterceptor } from '@temporalio/client';
import { ATTR, SPAN_NAMES } from '../../semantics/index.js';
import { tracedClientCall } from './client-call.js';

/**
 * A span for the creation of a schedule. Its headers are fixed then, and every run gets them: a trace context there would make all later
 * runs one endless trace. They carry the creator instead, to whose span each run's own trace is linked.
 */
export class OnetraceScheduleClientInterceptor implements ScheduleClientInterceptor {
  create(input: CreateScheduleInput, next: Next<ScheduleClientInterceptor, 'create'>): Promise<CreateScheduleOutput> {
    const { scheduleId, action } = input.options;
    const attributes = {
      [ATTR.temporalScheduleId]: scheduleId,
      [ATTR.temporalWorkflowType]: action.workflowType,
      [ATTR.temporalTaskQueue]: action.taskQueue,
    };
    return tracedClientCall(SPAN_NAMES.createSchedule(scheduleId), attributes, (call) =>
      next({ ...input, headers: call?.creatorHeaders(input.headers) ?? input.headers }),
    );
  }
}
