import type { FlowSpan } from './flow.js';
import { cancellerOf } from './span.facts.js';
import type { SpanTree } from './span.tree.js';

/** `error.type` of what the connector's error for a call that was given up went through. */
const GIVEN_UP = 'ONETRACE_CONNECTOR_ABORTED';

/**
 * Whether a span ended only because nobody waited for it any more: a model call went with the request whose client left, or with the
 * activity that was cancelled, and took along what called it.
 */
export function wentWithItsWork(tree: SpanTree, span: FlowSpan): boolean {
  return span.attributes['error.type'] === GIVEN_UP && holdsCancelledCall(tree, span);
}

function holdsCancelledCall(tree: SpanTree, span: FlowSpan): boolean {
  const by = cancellerOf(span);
  if (by !== undefined) return by !== 'caller';
  return tree.childrenOf(span).some((child) => holdsCancelledCall(tree, child));
}
