import type { SpanResource } from '../ended-span.js';

/** Resolves when a resource has all its attributes; reading them before prints an error. */
export async function settled(resource: SpanResource): Promise<void> {
  if (resource.asyncAttributesPending === true) await resource.waitForAsyncAttributes?.();
}
