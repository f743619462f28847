/** Injection token of the options as the user gave them. */
export const OBSERVABILITY_OPTIONS = Symbol.for('onetrace.OBSERVABILITY_OPTIONS');

/** Injection token of the options as the rooms use them. */
export const RESOLVED_OPTIONS = Symbol.for('onetrace.RESOLVED_OPTIONS');

/** Injection token of the process's root pino logger. */
export const ROOT_LOGGER = Symbol.for('onetrace.ROOT_LOGGER');
