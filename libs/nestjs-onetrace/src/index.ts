import './semantics/required-node.js';
export {
  currentTraceId,
  getIdentity,
  type Identity,
  identify,
  runWithIdentity,
  type TrustRule,
  type TrustSubject,
} from './context/index.js';
export { TraceInterceptor } from './http/index.js';
export {
  adoptPino,
  componentLogger,
  type LineDestination,
  type LineFields,
  type LineLogger,
  lineTransport,
} from './logging/index.js';
export type { ObservabilityModuleOptions, ObservabilityOptionsFactory } from './module/observability.options.js';
export type { ObservabilityModuleAsyncOptions } from './module/async-options.js';
export { ObservabilityModule } from './module/observability.module.js';
export { type LoggingLevel, setLogLevel } from './module/set-log-level.js';
export { OBSERVABILITY_OPTIONS } from './module/tokens.js';
export { ERROR_CODES, OnetraceError, type OnetraceErrorCode } from './semantics/index.js';
export {
  complianceAttributes,
  type ComplianceDescription,
  type ExportOption,
  type ExternalCallOptions,
  InjectTracer,
  ONETRACE_TRACER,
  Trace,
  type TraceDecorator,
  type TraceOptions,
  TracingService,
  type WorkDescription,
} from './tracing/index.js';
