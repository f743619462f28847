import { itCoexists } from './coexistence.ts';

itCoexists({ install: 'sdk-3', tracePackage: '@opentelemetry/sdk-trace' });
