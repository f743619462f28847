import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { createContextManager } from './export/opentelemetry.js';

const PROBE = createContextKey('onetrace context probe');

/**
 * Makes sure that context is carried: with the application's own context manager where there is one, else with ours.
 * Returns how to undo it.
 */
export function ensureContextManager(): () => void {
  // Asked by trying: registering a second one would print an error.
  const carried = context.with(ROOT_CONTEXT.setValue(PROBE, true), () => context.active().getValue(PROBE) === true);
  if (carried) return () => undefined;
  context.setGlobalContextManager(createContextManager().enable());
  return () => context.disable();
}
