import { randomUUID } from 'node:crypto';
import {
  detectResources,
  envDetector,
  hostDetector,
  processDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import { ATTR } from '../semantics/index.js';
import type { TracingSettings } from './tracing-options.js';

/** What every span says about its process: service, version, environment, instance, host; `OTEL_RESOURCE_ATTRIBUTES` wins over defaults. */
export function createResource(settings: TracingSettings): Resource {
  return resourceFromAttributes({
    [ATTR.serviceInstanceId]: randomUUID(),
  })
    .merge(detectResources({ detectors: [hostDetector, processDetector, envDetector] }))
    .merge(
      resourceFromAttributes({
        [ATTR.serviceName]: settings.service,
        [ATTR.component]: settings.component,
        ...(settings.version === undefined ? {} : { [ATTR.serviceVersion]: settings.version }),
        ...(settings.environment === undefined ? {} : { [ATTR.deploymentEnvironment]: settings.environment }),
      }),
    );
}
