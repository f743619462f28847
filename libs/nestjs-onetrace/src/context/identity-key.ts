import { createContextKey } from '@opentelemetry/api';

// One key for every copy of the library in a process, so that ESM and CommonJS halves see the same identity.
const KEY_HOLDER = Symbol.for('onetrace.context.identity');
const holder = globalThis as { [KEY_HOLDER]?: symbol };

/** Under which a context carries the identity. */
export const IDENTITY_KEY: symbol = (holder[KEY_HOLDER] ??= createContextKey('onetrace identity'));
