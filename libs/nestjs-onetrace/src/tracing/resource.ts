import { randomUUID } from 'node:crypto';
import type { Attributes } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import { containerId } from './container-id.js';
import type { SpanResource } from './ended-span.js';
import {
  detectedResource,
  HOST_DETECTOR,
  knownResource,
  PROCESS_DETECTOR,
  type ResourceSource,
  VARIABLES_DETECTOR,
} from './export/opentelemetry.js';
import type { TracingSettings } from './tracing-options.js';

/**
 * What every span says about its process: service, version, environment, instance, host, process, container. The settings
 * win over `OTEL_RESOURCE_ATTRIBUTES`, and those over what is detected.
 */
export function createResource(settings: TracingSettings): SpanResource {
  return detectedResource([
    { detect: () => ({ attributes: { [ATTR.serviceInstanceId]: randomUUID() } }) },
    HOST_DETECTOR,
    PROCESS_WITHOUT_ARGUMENTS,
    { detect: () => ({ attributes: { [ATTR.containerId]: containerId() } }) },
    VARIABLES_DETECTOR,
  ]).merge(
    knownResource({
      [ATTR.serviceName]: settings.service,
      [ATTR.component]: settings.component,
      ...(settings.version === undefined ? {} : { [ATTR.serviceVersion]: settings.version }),
      ...(settings.environment === undefined ? {} : { [ATTR.deploymentEnvironment]: settings.environment }),
    }),
  );
}

/** The resource of another service whose spans this process exports; the same object for the same service. */
export function resourceOf(service: string, component: string, own: SpanResource): SpanResource {
  const key = `${service}\n${component}`;
  const known = foreign.get(own) ?? new Map<string, SpanResource>();
  foreign.set(own, known);
  let resource = known.get(key);
  if (resource === undefined) {
    const named: Attributes = { [ATTR.serviceName]: service, [ATTR.component]: component };
    resource = own.merge(knownResource(named));
    if (known.size < MOST_SERVICES) known.set(key, resource);
  }
  return resource;
}

const MOST_SERVICES = 100;
// Serializers group spans by the identity of their resource.
const foreign = new WeakMap<SpanResource, Map<string, SpanResource>>();

/** A command line can hold passwords and keys. */
const PROCESS_WITHOUT_ARGUMENTS: ResourceSource = {
  detect: () => {
    const attributes = { ...PROCESS_DETECTOR.detect().attributes };
    delete attributes[ATTR.processCommandArgs];
    return { attributes };
  },
};
