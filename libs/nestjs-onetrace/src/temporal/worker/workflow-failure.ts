import { readJsonPayload } from '../workflow/json-payload.js';
import { rootCause } from '../workflow/root-cause.js';
import type { Failure, WorkflowError } from '../workflow/workflow-events.js';

/** `APPLICATION_ERROR_CATEGORY_BENIGN`. */
const BENIGN = 1;

/** Whether the application has said of its failure that it is none to worry about. */
export function isBenign({ applicationFailureInfo }: Failure): boolean {
  return applicationFailureInfo?.category === BENIGN;
}

/** The root cause of a failure, and the way to it. */
export function describeFailure(failure: Failure): WorkflowError {
  const { root, message } = rootCause(failure, (at) => ({ message: plainAttributes(at).message, cause: at.cause }));
  return { name: nameOf(root), message, stack: plainAttributes(root).stack || plainAttributes(failure).stack };
}

interface Attributes {
  readonly message: string | null | undefined;
  readonly stack: string | undefined;
}

/**
 * Message and stack of a failure. A failure converter with `encodeCommonAttributes` moves them into a payload; inside the
 * isolate that is JSON still: codecs work outside.
 */
function plainAttributes({ message, stackTrace, encodedAttributes }: Failure): Attributes {
  const encoded = encodedAttributes ? readJsonPayload(encodedAttributes) : undefined;
  if (encoded === undefined) return { message, stack: stackTrace || undefined };
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return { message: text(encoded['message']), stack: text(encoded['stack_trace']) };
}

/** The type that an application gave its error, else what the SDK calls the kind: `TimeoutFailure`. */
function nameOf(failure: Failure): string {
  const [kind] = Object.entries(failure).find(([key, info]) => key.endsWith('FailureInfo') && info) ?? [
    'temporalFailureInfo',
  ];
  return (
    failure.applicationFailureInfo?.type ||
    kind.charAt(0).toUpperCase() + kind.slice(1, -'Info'.length).replace('eled', 'elled').replace('Execution', '')
  );
}
