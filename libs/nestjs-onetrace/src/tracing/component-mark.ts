import { componentOf } from '../context/index.js';
import { ATTR } from '../semantics/index.js';
import type { SpanProcessor } from './provider/span-processor.js';

/** Names the component of each span, where the applications of a process have one resource but several components. */
export const COMPONENT_MARK: SpanProcessor = {
  onStart(span, parentContext) {
    const component = componentOf(parentContext);
    if (component !== undefined && component !== span.resource.attributes[ATTR.component]) {
      span.setAttribute(ATTR.component, component);
    }
  },
  onEnd: () => undefined,
};
