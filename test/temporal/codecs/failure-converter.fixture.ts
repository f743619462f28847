import { DefaultFailureConverter } from '@temporalio/common';

// Loaded by path: by the client, the worker, and inside the isolate.
/** Puts messages and stacks of failures among what is encrypted. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
