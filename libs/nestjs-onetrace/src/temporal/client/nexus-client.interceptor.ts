import { ATTR, SPAN_NAMES } from '../../semantics/index.js';
import { tracedClientCall } from './client-call.js';

// Inputs are described, not imported: the SDK calls them experimental.

/** Input of the start of a Nexus operation, as far as it is read here. */
export interface NexusOperationStart {
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly id: string;
  readonly headers?: Record<string, string>;
}

/** Input of a call about a Nexus operation that has been started. */
export interface StartedNexusOperation {
  readonly operationId: string;
  readonly runId?: string;
}

type Next<Input, Output> = (input: Input) => Promise<Output>;

/**
 * Spans of a Nexus client, and the trace in the headers of what it starts. Waiting for a result and listing
 * have none.
 */
export class OnetraceNexusClientInterceptor {
  startOperation<Input extends NexusOperationStart, Handle>(input: Input, next: Next<Input, Handle>): Promise<Handle> {
    const { endpoint, service, operation, id } = input;
    const attributes = {
      [ATTR.nexusEndpoint]: endpoint,
      [ATTR.nexusService]: service,
      [ATTR.nexusOperation]: operation,
      [ATTR.nexusOperationId]: id,
    };
    return tracedClientCall(SPAN_NAMES.startNexusOperation(service, operation), attributes, (call) =>
      next(call === undefined ? input : { ...input, headers: call.textHeaders(input.headers) }),
    );
  }

  describe<Input extends StartedNexusOperation, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.describeNexusOperation, input, next);
  }

  cancel<Input extends StartedNexusOperation, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.cancelNexusOperation, input, next);
  }

  terminate<Input extends StartedNexusOperation, Output>(input: Input, next: Next<Input, Output>): Promise<Output> {
    return asked(SPAN_NAMES.terminateNexusOperation, input, next);
  }
}

function asked<Input extends StartedNexusOperation, Output>(
  name: string,
  input: Input,
  next: Next<Input, Output>,
): Promise<Output> {
  const attributes = {
    [ATTR.nexusOperationId]: input.operationId,
    ...(input.runId ? { [ATTR.temporalRunId]: input.runId } : {}),
  };
  return tracedClientCall(name, attributes, () => next(input));
}
