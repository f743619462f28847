import '../semantics/required-node.js';
import { OnetraceTemporalPlugin } from './onetrace-temporal.plugin.js';
import { resolveTemporalTracingOptions } from './resolve-options.js';
import type { TemporalTracingOptions } from './temporal-tracing.options.js';

/**
 * Tracing through Temporal as one plugin: `plugins: [temporalTracing()]` on Client, Connection or NativeConnection,
 * Worker and `bundleWorkflowCode`.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function temporalTracing(options?: TemporalTracingOptions): OnetraceTemporalPlugin {
  return new OnetraceTemporalPlugin(resolveTemporalTracingOptions(options));
}

export type { ActivityContext } from './activity/activity-context.js';
export { type ActivityInput, OnetraceActivityInboundInterceptor } from './activity/activity-inbound.interceptor.js';
export { ActivityOutboundInterceptor as OnetraceActivityOutboundInterceptor } from './activity/activity-outbound.interceptor.js';
export {
  type ActivityStart,
  OnetraceActivityClientInterceptor,
  type StartedActivity,
} from './client/activity-client.interceptor.js';
export {
  type AsyncCompletion,
  type AsyncCompletionOptions,
  currentTraceCarrier,
  tracedAsyncCompletion,
} from './client/async-completion.js';
export {
  type NexusOperationStart,
  OnetraceNexusClientInterceptor,
  type StartedNexusOperation,
} from './client/nexus-client.interceptor.js';
export { OnetraceScheduleClientInterceptor } from './client/schedule-client.interceptor.js';
export { ensureSearchAttribute, type EnsureSearchAttributeOptions } from './client/search-attribute.registration.js';
export {
  OnetraceWorkflowClientInterceptor,
  type WorkflowClientInterceptorOptions,
} from './client/workflow-client.interceptor.js';
export {
  type NexusHandlerInput,
  type NexusOperationContext,
  OnetraceNexusInboundInterceptor,
} from './nexus/nexus-inbound.interceptor.js';
export { type ActivityFunctions, TemporalActivities } from './nest/temporal-activities.js';
export { TemporalTracingModule, type TemporalTracingModuleAsyncOptions } from './nest/temporal-tracing.module.js';
export { type OnetraceClientInterceptors, OnetraceTemporalPlugin } from './onetrace-temporal.plugin.js';
export type { TemporalTracingOptions } from './temporal-tracing.options.js';
export { onetraceWorkflowModule, type OnetraceWorkflowModuleOptions } from './worker/workflow-module.js';
export { type InjectedOnetraceSinks, onetraceSinks } from './worker/workflow.sinks.js';
export { RuntimeLogger as OnetraceRuntimeLogger, type SdkAttributes, type SdkLevel } from './worker/runtime.logger.js';
