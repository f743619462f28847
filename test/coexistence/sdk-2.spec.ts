import { itCoexists } from './coexistence.ts';

itCoexists({ install: 'sdk-2', tracePackage: '@opentelemetry/sdk-trace-base' });
