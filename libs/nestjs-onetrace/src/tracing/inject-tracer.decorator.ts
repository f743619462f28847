import { Inject } from '@nestjs/common';

/** Injection token of the library's OpenTelemetry tracer. */
export const ONETRACE_TRACER = Symbol.for('onetrace.TRACER');

/** Injects the OpenTelemetry `Tracer` of this library. */
export const InjectTracer = (): ParameterDecorator & PropertyDecorator => Inject(ONETRACE_TRACER);
